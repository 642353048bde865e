package io.expressgateway.xdp.kernel;

/**
 * An object file and what became of it in the kernel: opened, set up, loaded, closed. Closing ends
 * the descriptors of its maps and programs; what is pinned or attached by a link lives on.
 *
 * <p>Confined to one thread until loaded; then {@link #map} and {@link #program} may be called by
 * any, and what they give is good until this is closed.
 */
public final class BpfObject implements AutoCloseable {

  private final String name;
  private long handle;

  private BpfObject(String name, long handle) {
    this.name = name;
    this.handle = handle;
  }

  /**
   * Reads an object file; asks nothing of the kernel yet.
   *
   * @throws KernelException when it is no BPF object
   * @throws IllegalStateException when the native library is not there
   */
  public static BpfObject open(byte[] elf, String name) {
    NativeLibrary.Outcome library = NativeLibrary.load();
    if (!library.loaded()) {
      throw new IllegalStateException("the native library is not there: " + library.reason());
    }
    long handle = LibBpf.openObject(elf, name);
    if (handle < 0) {
      throw KernelException.of("open " + name, handle);
    }
    return new BpfObject(name, handle);
  }

  /** Sets a map's size; before {@link #load}. */
  public BpfObject maxEntries(String map, int entries) {
    KernelException.check("size of map " + map, LibBpf.setMaxEntries(handle(), map, entries));
    return this;
  }

  /**
   * Uses this map instead of making a new one; before {@link #load}.
   *
   * @throws KernelException when its type or sizes differ
   */
  public BpfObject reuse(String map, BpfMap existing) {
    KernelException.check("reuse map " + map, LibBpf.reuseMap(handle(), map, existing.fd()));
    return this;
  }

  /** Leaves a program out; before {@link #load}. */
  public BpfObject skip(String program) {
    KernelException.check("skip " + program, LibBpf.setAutoload(handle(), program, false));
    return this;
  }

  /**
   * Makes the maps and has the programs verified.
   *
   * @throws KernelException with the verifier's last words
   */
  public BpfObject load() {
    KernelException.check("load " + name, LibBpf.load(handle()));
    return this;
  }

  /** Flags that the elements of a map of maps must be made with; before {@link #load}. */
  public int innerMapFlags(String map) {
    return KernelException.check("elements of " + map, LibBpf.innerMapFlags(handle(), map));
  }

  /** A map of this name, good until this is closed. */
  public BpfMap map(String map) {
    int fd = KernelException.check("map " + map, LibBpf.mapFd(handle(), map));
    return BpfMap.borrowed(map, fd);
  }

  /** A program of this name, good until this is closed. */
  public BpfProgram program(String program) {
    int fd = KernelException.check("program " + program, LibBpf.programFd(handle(), program));
    return new BpfProgram(program, fd);
  }

  private long handle() {
    if (handle == 0) {
      throw new IllegalStateException(name + " is closed");
    }
    return handle;
  }

  @Override
  public void close() {
    if (handle != 0) {
      LibBpf.closeObject(handle);
      handle = 0;
    }
  }
}
