package io.expressgateway.stream;

import io.expressgateway.cluster.Endpoint;
import io.expressgateway.loop.EventLoops;
import io.expressgateway.loop.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import java.net.InetSocketAddress;

/**
 * Opens connections of one event loop to endpoints. Without Netty's bootstrap, whose copies,
 * resolver and timer cost as much as the connection itself; the caller bounds the time. Confined to
 * the loop.
 */
final class Connector {

  private final Transport transport;
  private final EventLoop loop;
  private final Bootstrap resolving;

  Connector(EventLoops loops, EventLoop loop) {
    this.transport = loops.transport();
    this.loop = loop;
    this.resolving = loops.client().group(loop).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0);
  }

  /**
   * Connects; {@code side} becomes the channel's last handler before the first byte.
   *
   * @param keepAlive whether the kernel asks after an endpoint that says nothing for two hours
   * @return the future of the connection; its channel is registered
   */
  ChannelFuture connect(Endpoint endpoint, Side side, boolean keepAlive) {
    InetSocketAddress address = endpoint.nextAddress();
    if (address == null) {
      return connectByName(endpoint, side);
    }
    SocketChannel channel = transport.newSocketChannel(address.getAddress());
    SocketChannelConfig config = channel.config();
    if (keepAlive) {
      config.setKeepAlive(true);
    }
    config.setConnectTimeoutMillis(0);
    side.attach(channel);
    channel.pipeline().addLast(side);
    ChannelFuture registered = loop.register(channel);
    if (!registered.isDone()) {
      throw new IllegalStateException("a loop registers its own channels at once");
    }
    return registered.isSuccess() ? channel.connect(address) : registered;
  }

  /** A name that has not been answered yet: the bootstrap's resolver asks, off no one's loop. */
  private ChannelFuture connectByName(Endpoint endpoint, Side side) {
    return resolving
        .clone()
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                side.attach(channel);
                channel.pipeline().addLast(side);
              }
            })
        .connect(
            InetSocketAddress.createUnresolved(
                endpoint.address().host(), endpoint.address().port()));
  }
}
