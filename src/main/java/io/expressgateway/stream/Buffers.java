package io.expressgateway.stream;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannelConfig;

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

  private Buffers() {}

  /** Prepares one side of a flow: buffers that grow with what comes, half-closed ends. */
  static void set(SocketChannelConfig config) {
    config.setRecvByteBufAllocator(
        new AdaptiveRecvByteBufAllocator(SMALLEST_READ, FIRST_READ, LARGEST_READ));
    config.setWriteBufferWaterMark(UNSENT);
    config.setAllowHalfClosure(true);
  }
}
