package io.expressgateway.http.upstream;

import io.expressgateway.http.Why;
import io.expressgateway.net.OutOfMemory;
import io.expressgateway.tls.ClientTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * One connection to an endpoint, from its first packet to the end of its TLS handshake, both within
 * the connect timeout. Stands in the pipeline until then, in the place of the protocol's handler: a
 * handshake that fails is told by its future, and whatever is thrown besides ends the connection.
 * Confined to the event loop.
 */
final class UpstreamHandshake extends ChannelInboundHandlerAdapter {

  private static final long SHORTEST_NANOS = 1_000_000L;

  private final ClientTls tls;
  private final Connector connector;
  private final long timeoutNanos;
  private final long beganNanos = System.nanoTime();

  UpstreamHandshake(ClientTls tls, Connector connector, long timeoutNanos) {
    this.tls = tls;
    this.connector = connector;
    this.timeoutNanos = timeoutNanos;
  }

  /**
   * Connects. Exactly one of the two is called, and not from within this call unless connecting
   * fails at once.
   *
   * @param done the channel is secured and its protocol agreed on; its handler is to be added
   * @param failed why there is no connection
   */
  void begin(Consumer<Channel> done, Consumer<Why> failed) {
    SslHandler handshake =
        tls.newHandler(
            connector.worker().allocator(),
            connector.endpoint().address(),
            Duration.ofNanos(timeoutNanos));
    ChannelFuture connecting = connector.connect(timeoutNanos, handshake, this);
    connecting.addListener(connected -> {
      if (connected.isSuccess()) {
        handshake.setHandshakeTimeoutMillis(remainingMillis());
        await(connecting.channel(), handshake, done, failed);
      } else {
        failed.accept(Connector.failure(connected.cause()));
      }
    });
  }

  private long remainingMillis() {
    long left = timeoutNanos - (System.nanoTime() - beganNanos);
    return Math.max(left, SHORTEST_NANOS) / 1_000_000L;
  }

  private void await(
      Channel channel, SslHandler handshake, Consumer<Channel> done, Consumer<Why> failed) {
    handshake
        .handshakeFuture()
        .addListener(ended -> {
          if (ended.isSuccess() && channel.isActive() && tls.isAgreed(handshake)) {
            channel.pipeline().remove(this);
            done.accept(channel);
          } else {
            channel.close();
            failed.accept(Why.UPSTREAM_TLS);
          }
        });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    OutOfMemory.haltOn(cause);
    ctx.close();
  }
}
