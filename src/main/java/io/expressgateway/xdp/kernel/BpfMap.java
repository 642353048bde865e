package io.expressgateway.xdp.kernel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A map in the kernel, with keys and values as bytes of exactly the sizes that the kernel says it
 * has. Any thread: every call is one system call and atomic per entry.
 */
public final class BpfMap implements AutoCloseable {

  private static final int PERCPU_HASH = 5;
  private static final int PERCPU_ARRAY = 6;
  private static final int LRU_PERCPU_HASH = 10;

  /** Only if there is none yet ({@code BPF_NOEXIST}). */
  private static final long NO_EXIST = 1;

  private static final int ARRAY = 2;

  /** The values of an array can be written through memory ({@code BPF_F_MMAPABLE}, Linux 5.5). */
  public static final int MMAPABLE = 1 << 10;

  private final String name;
  private final int fd;
  private final boolean owned;
  private final int type;
  private final int keySize;
  private final int valueSize;
  private final int maxEntries;
  private final int flags;
  private final int id;

  private BpfMap(String name, int fd, boolean owned) {
    this.name = name;
    this.fd = fd;
    this.owned = owned;
    int[] info = new int[6];
    KernelException.check("facts of map " + name, LibBpf.mapInfo(fd, info));
    this.type = info[0];
    this.keySize = info[1];
    this.valueSize = isPerCpu() ? roundUp(info[2]) * possibleCpus() : info[2];
    this.maxEntries = info[3];
    this.flags = info[4];
    this.id = info[5];
  }

  static BpfMap borrowed(String name, int fd) {
    return new BpfMap(name, fd, false);
  }

  /** A new array that lives as long as somebody refers to it; to be closed. */
  public static BpfMap createArray(String name, int valueSize, int entries, int flags) {
    int fd =
        KernelException.check(
            "make map " + name, LibBpf.createMap(ARRAY, name, 4, valueSize, entries, flags));
    return new BpfMap(name, fd, true);
  }

  /** What is pinned there; empty when nothing is. To be closed. */
  public static Optional<BpfMap> openPinned(String name, Path path) {
    int fd = LibBpf.openPinned(path.toString());
    if (fd == -Errno.ENOENT) {
      return Optional.empty();
    }
    KernelException.check("open " + path, fd);
    return Optional.of(new BpfMap(name, fd, true));
  }

  /** CPUs that a per-CPU value has a part for. */
  public static int possibleCpus() {
    return KernelException.check("possible CPUs", LibBpf.possibleCpus());
  }

  /** Parts of per-CPU values lie at multiples of eight bytes. */
  public static int roundUp(int size) {
    return (size + 7) & ~7;
  }

  int fd() {
    return fd;
  }

  /** The kernel's number of this map, as bpftool shows it. */
  public int id() {
    return id;
  }

  /** The name in the object. */
  public String name() {
    return name;
  }

  /** Bytes of a key. */
  public int keySize() {
    return keySize;
  }

  /** Bytes of a value; of a per-CPU map: of all CPUs together. */
  public int valueSize() {
    return valueSize;
  }

  /** Entries that it can hold. */
  public int maxEntries() {
    return maxEntries;
  }

  /** Whether a value has a part for each CPU. */
  public boolean isPerCpu() {
    return type == PERCPU_ARRAY || type == PERCPU_HASH || type == LRU_PERCPU_HASH;
  }

  /** The value; null when there is none. */
  public byte @Nullable [] get(byte[] key) {
    byte[] value = new byte[valueSize];
    int answer = LibBpf.lookup(fd, sized(key, keySize), keySize, value, valueSize);
    if (answer == -Errno.ENOENT) {
      return null;
    }
    KernelException.check("read " + name, answer);
    return value;
  }

  /**
   * Sets the value.
   *
   * @throws KernelException E2BIG when the map is full
   */
  public void put(byte[] key, byte[] value) {
    KernelException.check("write " + name, update(key, value, 0));
  }

  /** Sets the value unless the key has one; whether it did. */
  public boolean putIfAbsent(byte[] key, byte[] value) {
    int answer = update(key, value, NO_EXIST);
    if (answer == -Errno.EEXIST) {
      return false;
    }
    KernelException.check("write " + name, answer);
    return true;
  }

  private int update(byte[] key, byte[] value, long flags) {
    return LibBpf.update(
        fd, sized(key, keySize), keySize, sized(value, valueSize), valueSize, flags);
  }

  /**
   * Makes maps elements of this map of maps, in this order, each in one step; an element lives as
   * long as it stays. The kernel returns when no program uses the old elements any more, which is
   * long after the new ones are met.
   *
   * @param keys one after the other
   */
  public void putMaps(byte[] keys, BpfMap... elements) {
    byte[] values = new byte[4 * elements.length];
    for (int i = 0; i < elements.length; i++) {
      System.arraycopy(Bytes.ofInt(elements[i].fd), 0, values, 4 * i, 4);
    }
    int answer = LibBpf.updateBatch(fd, keys, keySize, values, valueSize, elements.length);
    if (answer == -Errno.ENOTSUPP || answer == -Errno.EINVAL) {
      // Before Linux 5.16 there are no batches for maps of maps.
      for (int i = 0; i < elements.length; i++) {
        put(Arrays.copyOfRange(keys, keySize * i, keySize * (i + 1)), Bytes.ofInt(elements[i].fd));
      }
    } else {
      KernelException.check("write " + name, answer);
    }
  }

  /** Removes the entry; whether there was one. */
  public boolean remove(byte[] key) {
    int answer = LibBpf.delete(fd, sized(key, keySize), keySize);
    if (answer == -Errno.ENOENT) {
      return false;
    }
    KernelException.check("delete of " + name, answer);
    return true;
  }

  /**
   * Sets every value of an array; as fast as memory when it was made with {@link #MMAPABLE}. Nobody
   * should read it yet: values are set one after the other.
   *
   * @param values as many as it has entries
   */
  public void fill(byte[] values) {
    if ((flags & MMAPABLE) != 0) {
      KernelException.check("fill " + name, LibBpf.writeArray(fd, values, valueSize, maxEntries));
      return;
    }
    byte[] keys = new byte[4 * maxEntries];
    for (int i = 0; i < maxEntries; i++) {
      System.arraycopy(Bytes.ofInt(i), 0, keys, 4 * i, 4);
    }
    KernelException.check(
        "fill " + name, LibBpf.updateBatch(fd, keys, keySize, values, valueSize, maxEntries));
  }

  /** Every key at about this time; for small maps. A concurrent change may repeat or omit some. */
  public List<byte[]> keys() {
    List<byte[]> keys = new ArrayList<>();
    byte[] key = {};
    while (keys.size() < maxEntries) {
      byte[] next = new byte[keySize];
      int answer = LibBpf.nextKey(fd, key, keySize, next);
      if (answer == -Errno.ENOENT) {
        break;
      }
      KernelException.check("keys of " + name, answer);
      keys.add(next);
      key = next;
    }
    return keys;
  }

  /** Reads through all entries, {@code batch} at a time. */
  public MapBatches batches(int batch) {
    return new MapBatches(this, batch);
  }

  /** Keeps the map under this path of a bpf file system. */
  public void pin(Path path) {
    KernelException.check("pin " + name + " at " + path, LibBpf.pin(fd, path.toString()));
  }

  private byte[] sized(byte[] bytes, int size) {
    if (bytes.length != size) {
      throw new IllegalArgumentException(
          name + " takes " + size + " bytes here, not " + bytes.length);
    }
    return bytes;
  }

  @Override
  public void close() {
    if (owned) {
      LibBpf.closeFd(fd);
    }
  }
}
