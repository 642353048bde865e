package io.expressgateway.http.listener;

import io.expressgateway.http.proxy.Worker;
import io.expressgateway.net.OutOfMemory;
import io.expressgateway.tls.ServerTls;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/**
 * The time between a connection and its first request: waits for the handshake, then puts the
 * protocol that was agreed on in its own place. A handshake that fails is counted and closed; it is
 * no request and no fault of ours. Confined to the connection's event loop.
 */
final class TlsAccept extends ChannelInboundHandlerAdapter {

  private final Protocols protocols;
  private final Worker worker;
  private final Handshakes handshakes;
  private boolean isOver;

  /**
   * @param handshakes counts those that run on this loop
   * @param protocols installs what follows
   */
  TlsAccept(Protocols protocols, Handshakes handshakes) {
    this.protocols = protocols;
    this.worker = protocols.worker();
    this.handshakes = handshakes;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ServerTls tls = protocols.listener().tls();
    if (tls != null && !handshakes.begin(tls.spec().maxHandshakes())) {
      isOver = true;
      worker.metrics().onSecurity(worker.index(), "tls-handshakes", "close");
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
    ServerTls tls = protocols.listener().tls();
    if (tls != null && !tls.isRightful(ctx.pipeline().get(SslHandler.class).engine())) {
      worker.metrics().onSecurity(worker.index(), "tls-sni", "close");
      ctx.close();
      return;
    }
    if ("h2".equals(ctx.pipeline().get(SslHandler.class).applicationProtocol())) {
      protocols.installHttp2(ctx.pipeline());
    } else {
      protocols.installHttp1(ctx.pipeline());
    }
    ctx.pipeline().remove(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!isOver) {
      end();
      worker.metrics().onSecurity(worker.index(), "tls-handshake", "close");
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
    worker
        .metrics()
        .onSecurity(worker.index(), late ? "handshake-timeout" : "tls-handshake", "close");
    boolean expected = cause instanceof IOException || cause.getCause() instanceof IOException;
    if (!expected && !(cause instanceof io.netty.handler.codec.DecoderException)) {
      worker.metrics().onContainedException(worker.index(), cause);
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
  static final class Handshakes {

    private int running;

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
