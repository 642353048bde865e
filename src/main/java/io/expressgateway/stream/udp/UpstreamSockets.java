package io.expressgateway.stream.udp;

import io.expressgateway.loop.Transport;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DatagramChannel;
import org.jspecify.annotations.Nullable;

/** Makes sockets for datagrams to endpoints. On any event loop. */
final class UpstreamSockets {

  /** What may wait unsent: one datagram of any size, and then some. */
  static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(32 * 1024, 128 * 1024);

  private final Transport transport;
  private final ChannelFactory<? extends DatagramChannel> factory;

  UpstreamSockets(Transport transport) {
    this.transport = transport;
    this.factory = new ReflectiveChannelFactory<>(transport.datagramChannel());
  }

  /** The reads of one loop; null where the kernel fills buffers after the call has returned. */
  @Nullable DatagramReads newReads() {
    return transport == Transport.IO_URING
        ? null
        : new DatagramReads(UnpooledByteBufAllocator.DEFAULT, transport == Transport.EPOLL);
  }

  /** Makes a socket read whole datagrams, in batches where that can be. */
  void readBy(Channel channel, @Nullable RecvByteBufAllocator reads) {
    RecvByteBufAllocator allocator =
        reads == null ? new FixedRecvByteBufAllocator(DatagramReads.MAX_DATAGRAM_BYTES) : reads;
    channel.config().setRecvByteBufAllocator(allocator);
    if (transport == Transport.EPOLL) {
      channel
          .config()
          .setOption(
              EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, DatagramReads.MAX_DATAGRAM_BYTES);
    }
  }

  /** A socket that is not connected yet; null when there is none to be had. */
  @Nullable Channel open(
      EventLoop loop, DatagramReads.@Nullable Reads reads, ChannelHandler handler) {
    DatagramChannel channel;
    try {
      channel = factory.newChannel();
    } catch (RuntimeException e) {
      // Out of file descriptors.
      return null;
    }
    channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT);
    channel.config().setOption(ChannelOption.AUTO_CLOSE, false);
    readBy(channel, reads);
    channel.pipeline().addLast(handler);
    if (!loop.register(channel).isSuccess()) {
      channel.unsafe().closeForcibly();
      return null;
    }
    return channel;
  }
}
