package io.expressgateway.xdp.kernel;

import java.util.Arrays;
import java.util.function.Consumer;

/** The reading end of a ring buffer map. Confined to one thread. */
public final class RingBuffer implements AutoCloseable {

  private static final int ROOM = 64 * 1024;

  private final byte[] room = new byte[ROOM];
  private long handle;

  /** Reads from this map; it must outlive the reader. */
  public RingBuffer(BpfMap map) {
    this.handle = LibBpf.openRing(map.fd());
    if (handle < 0) {
      throw KernelException.of("read ring " + map.name(), handle);
    }
  }

  /**
   * Hands on the records that are there, at most 64 KiB of them.
   *
   * @param waitMillis for the first
   * @return how many
   */
  public int read(int waitMillis, Consumer<byte[]> records) {
    if (handle == 0) {
      throw new IllegalStateException("the ring is closed");
    }
    int used = KernelException.check("read a ring", LibBpf.readRing(handle, room, waitMillis));
    int count = 0;
    for (int at = 0; at < used; count++) {
      int length = Bytes.intAt(room, at);
      records.accept(Arrays.copyOfRange(room, at + 4, at + 4 + length));
      at += 4 + length;
    }
    return count;
  }

  @Override
  public void close() {
    if (handle != 0) {
      LibBpf.closeRing(handle);
      handle = 0;
    }
  }
}
