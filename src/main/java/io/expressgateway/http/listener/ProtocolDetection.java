package io.expressgateway.http.listener;

import io.expressgateway.http.Why;
import io.expressgateway.http.proxy.ServerConnection;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.limit.Rule;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.net.OutOfMemory;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Chooses between HTTP/1.1 and HTTP/2 by the first bytes in clear text: the connection preface says
 * HTTP/2 (RFC 9113 section 3.3), the first byte that is not the preface's says HTTP/1.1. What was
 * read goes on to the chosen handler. Confined to the connection's event loop.
 */
final class ProtocolDetection extends ChannelInboundHandlerAdapter implements ServerConnection {

  /** Enough of {@code PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n} that no HTTP/1 request begins with it. */
  private static final byte[] PREFACE = "PRI * HTTP/2.0".getBytes(StandardCharsets.US_ASCII);

  private final Protocols protocols;
  private final Worker worker;
  private final HttpLimits limits;
  private final Timer timer = new Timer();
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf held;

  ProtocolDetection(Protocols protocols) {
    this.protocols = protocols;
    this.worker = protocols.worker();
    this.limits = protocols.listener().spec().http();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    protocols.registry().add(this);
    worker.timers().arm(timer, System.nanoTime() + limits.keepAliveTimeout().toNanos());
    ctx.channel().config().setAutoRead(true);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    ByteBuf before = held;
    if (before != null) {
      held = null;
      in = Unpooled.wrappedBuffer(before, in);
    }
    int count = Math.min(in.readableBytes(), PREFACE.length);
    boolean isPreface = true;
    for (int i = 0; i < count && isPreface; i++) {
      isPreface = in.getByte(in.readerIndex() + i) == PREFACE[i];
    }
    if (isPreface && count < PREFACE.length) {
      held = in;
      if (before == null) {
        worker.timers().arm(timer, System.nanoTime() + limits.headerTimeout().toNanos());
      }
      return;
    }
    hand(ctx, in, isPreface);
  }

  private void hand(ChannelHandlerContext ctx, ByteBuf in, boolean isPreface) {
    leave();
    if (isPreface) {
      protocols.installHttp2(ctx.pipeline());
    } else {
      protocols.installHttp1(ctx.pipeline());
    }
    ctx.fireChannelRead(in);
    ctx.pipeline().remove(this);
  }

  private void leave() {
    worker.timers().cancel(timer);
    protocols.registry().remove(this);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    leave();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ByteBuf rest = held;
    if (rest != null) {
      held = null;
      rest.release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof java.io.IOException)) {
      OutOfMemory.haltOn(cause);
      worker.metrics().onContainedException(worker.index(), cause);
    }
    ctx.close();
  }

  @Override
  public void drain(long spreadNanos) {
    if (spreadNanos <= 0) {
      shutDown();
    } else if (held == null) {
      worker.timers().arm(timer, System.nanoTime() + Math.floorMod(worker.random(), spreadNanos));
    }
  }

  @Override
  public void shutDown() {
    ChannelHandlerContext current = context;
    if (current != null) {
      current.close();
    }
  }

  private final class Timer extends TimerWheel.Task {
    @Override
    protected void onDeadline(long nowNanos) {
      boolean isObserved = protocols.listener().rules().isObserved(Rule.HEADER_TIMEOUT);
      if (held != null && isObserved) {
        worker.metrics().onSecurity(worker.index(), Why.HEADER_TIMEOUT.code(), Rule.OBSERVED);
        return;
      }
      if (held != null) {
        worker.metrics().onSecurity(worker.index(), Why.HEADER_TIMEOUT.code(), "close");
      }
      shutDown();
    }
  }
}
