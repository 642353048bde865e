package io.expressgateway.tls;

import io.expressgateway.net.OutOfMemory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * The time between a connection and its first byte of content: waits for the handshake, then leaves
 * its place to whoever goes on. A handshake that fails is told and closed; it is no request and no
 * fault of ours. Stands behind {@link ServerTls#newHandler}. Confined to the connection's event
 * loop.
 */
public final class TlsAccept extends ChannelInboundHandlerAdapter {

  private final ServerTls tls;
  private final Handshakes handshakes;
  private final Outcome outcome;
  private boolean isOver;

  /** Hears how the handshake went. On the connection's event loop. */
  public interface Outcome {

    /**
     * The handshake is done and its certificate is that of the name that was asked for.
     *
     * @param pipeline ends with the handler that calls, which leaves afterwards
     * @param protocol what ALPN agreed on; null for nothing
     */
    void onSecured(ChannelPipeline pipeline, @Nullable String protocol);

    /** A rule of the security catalogue has ended it; the connection is being closed. */
    void onRefused(String rule);

    /** Something failed that no client should be able to make fail. */
    void onContained(Throwable cause);
  }

  /**
   * A handler for one connection.
   *
   * @param handshakes counts those that run on this loop
   */
  public TlsAccept(ServerTls tls, Handshakes handshakes, Outcome outcome) {
    this.tls = tls;
    this.handshakes = handshakes;
    this.outcome = outcome;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (!handshakes.begin(tls.spec().maxHandshakes())) {
      isOver = true;
      outcome.onRefused("tls-handshakes");
      ctx.close();
      return;
    }
    ctx.channel().config().setAutoRead(true);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (isOver) {
      return;
    }
    if (event instanceof ChannelInputShutdownEvent) {
      // The client will not say what is missing.
      end();
      fail(ctx, new ClosedChannelException());
      return;
    }
    if (event instanceof SniCompletionEvent hello && !hello.isSuccess()) {
      end();
      // Nothing is secured yet that could say it.
      ctx.write(ServerTls.helloAlert());
      fail(ctx, hello.cause());
      return;
    }
    if (!(event instanceof SslHandshakeCompletionEvent done)) {
      return;
    }
    end();
    if (!done.isSuccess()) {
      fail(ctx, done.cause());
      return;
    }
    SslHandler handshake = ctx.pipeline().get(SslHandler.class);
    if (!tls.isRightful(handshake.engine())) {
      outcome.onRefused("tls-sni");
      ctx.close();
      return;
    }
    outcome.onSecured(ctx.pipeline(), handshake.applicationProtocol());
    ctx.pipeline().remove(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!isOver) {
      end();
      outcome.onRefused("tls-handshake");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    OutOfMemory.haltOn(cause);
    if (!isOver) {
      end();
      fail(ctx, cause);
    }
    ctx.close();
  }

  private void fail(ChannelHandlerContext ctx, Throwable cause) {
    boolean late = cause instanceof SslHandshakeTimeoutException;
    outcome.onRefused(late ? "handshake-timeout" : "tls-handshake");
    boolean expected = cause instanceof IOException || cause.getCause() instanceof IOException;
    if (!expected && !(cause instanceof io.netty.handler.codec.DecoderException)) {
      outcome.onContained(cause);
    }
    ctx.flush();
    ctx.close();
  }

  private void end() {
    isOver = true;
    handshakes.end();
  }

  /**
   * How many handshakes run on one loop for one listener. Each costs a signature: beyond the bound
   * new connections are closed before any work, so that those in progress get done.
   */
  public static final class Handshakes {

    private int running;

    /** None runs. */
    public Handshakes() {}

    private boolean begin(int most) {
      if (running >= most) {
        return false;
      }
      running++;
      return true;
    }

    private void end() {
      running--;
    }
  }
}
