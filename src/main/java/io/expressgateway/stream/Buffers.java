package io.expressgateway.stream;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;

/** How much of a flow may be in the gateway, in each direction. */
final class Buffers {

  /**
   * What may wait for a peer before the other one is read no more: 1 MiB, the least that does not
   * slow a bulk transfer down (prototype, 0.70 CPU-s a GB), and a quarter of it to go on.
   */
  static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(256 * 1024, 1024 * 1024);

  private static final int SMALLEST_READ = 1024;
  private static final int FIRST_READ = 4 * 1024;
  private static final int LARGEST_READ = 256 * 1024;

  /** What Netty gives a connection whose allocator it knows nothing of. */
  private static final int READS_A_TURN = 16;

  private static final MaxMessagesRecvByteBufAllocator GROWING =
      new AdaptiveRecvByteBufAllocator(SMALLEST_READ, FIRST_READ, LARGEST_READ)
          .maxMessagesPerRead(READS_A_TURN);

  private Buffers() {}

  /** The sizes of one connection's reads: they grow with what comes. */
  static RecvByteBufAllocator.ExtendedHandle newReads() {
    return (RecvByteBufAllocator.ExtendedHandle) GROWING.newHandle();
  }
}
