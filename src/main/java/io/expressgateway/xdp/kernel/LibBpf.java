package io.expressgateway.xdp.kernel;

/**
 * The native methods: bytes, descriptors and error numbers, no policy. {@code native/} implements
 * each with one C function. Every answer is 0 or more on success and {@code -errno} on failure;
 * arrays that are too short are {@code -EINVAL}. Nothing here may be called before {@link
 * NativeLibrary} has loaded the library. Any thread, except that an object, a ring and a descriptor
 * must not be closed while another thread uses it.
 */
final class LibBpf {

  private LibBpf() {}

  // object.c

  /** A handle. */
  static native long openObject(byte[] elf, String name);

  static native int setMaxEntries(long object, String map, int entries);

  /** To be called between open and load: the map is this one instead of a new one. */
  static native int reuseMap(long object, String map, int fd);

  static native int setAutoload(long object, String program, boolean load);

  static native int load(long object);

  /** Flags that the elements of a map of maps must have. */
  static native int innerMapFlags(long object, String map);

  /** The object's own descriptor. */
  static native int mapFd(long object, String map);

  /** The object's own descriptor. */
  static native int programFd(long object, String program);

  static native void closeObject(long object);

  // log.c

  /** The last 16 KiB that libbpf and the verifier said on this thread since the last call. */
  static native byte[] takeLog();

  // map.c

  /** A descriptor. */
  static native int createMap(
      int type, String name, int keySize, int valueSize, int entries, int flags);

  /** Type, key size, value size, entries, flags, id. */
  static native int mapInfo(int fd, int[] into);

  /** CPUs that values of per-CPU maps hold a part of. */
  static native int possibleCpus();

  static native int update(
      int fd, byte[] key, int keySize, byte[] value, int valueSize, long flags);

  static native int lookup(int fd, byte[] key, int keySize, byte[] value, int valueSize);

  static native int delete(int fd, byte[] key, int keySize);

  /** The key after this one; an empty key asks for the first. */
  static native int nextKey(int fd, byte[] key, int keySize, byte[] next);

  /** How many were updated. */
  static native int updateBatch(
      int fd, byte[] keys, int keySize, byte[] values, int valueSize, int count);

  /** Writes the first values of an array that was made with {@link BpfMap#MMAPABLE}. */
  static native int writeArray(int fd, byte[] values, int valueSize, int count);

  /**
   * How many entries were read.
   *
   * @param state 65 bytes, zero at first: the position; its first byte is 2 after the last entry
   */
  static native int lookupBatch(
      int fd, byte[] state, byte[] keys, int keySize, byte[] values, int valueSize, int count);

  // program.c

  /** Id, instructions that the verifier walked through, instructions. */
  static native int programInfo(int fd, int[] into);

  /** Results: what the program returned, bytes of the packet, nanoseconds a run. */
  static native int testRun(
      int fd, byte[] in, byte[] out, byte[] context, int repeat, int flags, long[] results);

  /** The descriptor of a link. */
  static native int attach(int programFd, int interfaceIndex, int flags);

  static native int replaceProgram(int linkFd, int programFd);

  /** Id of the link, id of its program, index of its interface. */
  static native int linkInfo(int fd, int[] into);

  /** {@code XDP_ATTACHED_*}. */
  static native int attachedMode(int interfaceIndex);

  static native int pin(int fd, String path);

  /** A descriptor. */
  static native int openPinned(String path);

  static native int closeFd(int fd);

  // ring.c

  /** A handle. */
  static native long openRing(int mapFd);

  /** Bytes written: records, each after its length in four bytes of the machine's order. */
  static native int readRing(long ring, byte[] into, int waitMillis);

  static native void closeRing(long ring);

  // netlink.c

  /** A descriptor. */
  static native int openNetlink(int groups);

  static native int sendNetlink(int fd, byte[] message);

  /** Bytes of the next datagram; 0 when none came in time. */
  static native int receiveNetlink(int fd, byte[] into, int waitMillis);
}
