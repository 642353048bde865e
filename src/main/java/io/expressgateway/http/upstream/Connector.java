package io.expressgateway.http.upstream;

import io.expressgateway.cluster.Endpoint;
import io.expressgateway.http.Why;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.loop.OwnLack;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import java.net.InetSocketAddress;

/** Opens connections of one event loop to one endpoint. Confined to the loop. */
final class Connector {

  private final Worker worker;
  private final Endpoint endpoint;
  private final Bootstrap bootstrap;

  Connector(Worker worker, Endpoint endpoint, Bootstrap bootstrap) {
    this.worker = worker;
    this.endpoint = endpoint;
    this.bootstrap = bootstrap;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Worker worker() {
    return worker;
  }

  /** Why a connection could not be made. */
  static Why failure(Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return Why.CONNECT_TIMEOUT;
    }
    return OwnLack.of(cause) == null ? Why.CONNECT_FAILED : Why.NO_SOCKET;
  }

  /** Connects; {@code handlers} become the channel's pipeline. */
  ChannelFuture connect(long timeoutNanos, ChannelHandler... handlers) {
    InetSocketAddress address = endpoint.nextAddress();
    if (address == null) {
      // A name that has not been answered yet: the bootstrap's resolver asks, off no one's loop.
      address =
          InetSocketAddress.createUnresolved(endpoint.address().host(), endpoint.address().port());
    }
    return bootstrap
        .clone(worker.eventLoop())
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS,
            Math.clamp(timeoutNanos / 1_000_000, 1, Integer.MAX_VALUE))
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(handlers);
              }
            })
        .connect(address);
  }
}
