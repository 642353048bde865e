package io.expressgateway.xdp.kernel;

import java.nio.file.Path;
import java.util.ArrayList;
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

  /** The type of a plain array ({@code BPF_MAP_TYPE_ARRAY}). */
  public static final int ARRAY = 2;

  private final String name;
  private final int fd;
  private final boolean owned;
  private final int type;
  private final int keySize;
  private final int valueSize;
  private final int maxEntries;
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
    this.id = info[5];
  }

  static BpfMap borrowed(String name, int fd) {
    return new BpfMap(name, fd, false);
  }

  /** A new map that lives as long as somebody refers to it; to be closed. */
  public static BpfMap create(int type, String name, int keySize, int valueSize, int entries) {
    int fd =
        KernelException.check(
            "make map " + name, LibBpf.createMap(type, name, keySize, valueSize, entries, 0));
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

  /** Makes a map an element of this map of maps; the element lives as long as it stays. */
  public void put(byte[] key, BpfMap element) {
    put(key, Bytes.ofInt(element.fd));
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
   * Sets many at once, in key order of the arrays.
   *
   * @param keys {@code count} keys, one after the other
   * @param values as many values
   */
  public void putAll(byte[] keys, byte[] values, int count) {
    KernelException.check(
        "write " + name, LibBpf.updateBatch(fd, keys, keySize, values, valueSize, count));
  }

  /** Every key at about this time; for small maps. A concurrent change may repeat or omit some. */
  public List<byte[]> keys() {
    List<byte[]> keys = new ArrayList<>();
    byte[] key = null;
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
