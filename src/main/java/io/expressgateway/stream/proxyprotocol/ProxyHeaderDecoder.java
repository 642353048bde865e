package io.expressgateway.stream.proxyprotocol;

import io.expressgateway.net.OutOfMemory;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Absent;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Complete;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Incomplete;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Malformed;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderPolicy.Expectation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The first handler of a connection that may begin with a PROXY header. Handlers behind it see a
 * connection that becomes active when the header is known and whose first byte is the first behind
 * the header; then this handler is gone. It reads piece by piece with automatic reading off, and
 * leaves it off, so nothing arrives that the next handler has not asked for but the rest of the
 * piece in which the header ended. Holds at most one header and that rest. Confined to the
 * connection's event loop.
 */
public final class ProxyHeaderDecoder extends ChannelInboundHandlerAdapter {

  private final Expectation expectation;
  private final Duration timeout;
  private final Outcome outcome;
  private @Nullable Future<?> timer;
  private @Nullable ByteBuf held;
  private boolean isOver;
  private boolean isActive;

  /** What becomes of a connection. Called on its event loop. */
  public interface Outcome {

    /**
     * The connection goes on. Handlers for it are to be added behind; right after this call they
     * get {@code channelActive}, then the bytes that follow the header.
     *
     * @param header null when there is none
     */
    void onHeader(ChannelPipeline pipeline, @Nullable ProxyHeader header);

    /**
     * The connection is closed right after this call.
     *
     * @param detail for a log line
     */
    void onRefused(Refusal refusal, String detail);
  }

  /** Why a connection was closed. */
  public enum Refusal {
    /** The first bytes are no header. */
    MISSING("missing"),
    /** The first bytes begin like a header and are none. */
    MALFORMED("malformed"),
    /** The header did not end in time, or the peer closed before. */
    UNFINISHED("unfinished"),
    /** A header came from a peer that is not trusted. */
    UNTRUSTED("untrusted");

    private final String code;

    Refusal(String code) {
      this.code = code;
    }

    /** A stable word for logs and metrics. */
    public String code() {
      return code;
    }
  }

  /**
   * @param expectation OPTIONAL, REQUIRED or FORBIDDEN; the other two need no handler
   * @param timeout from the connection to the end of the header; does not hold for FORBIDDEN, where
   *     the connection is not kept waiting
   */
  public ProxyHeaderDecoder(Expectation expectation, Duration timeout, Outcome outcome) {
    if (expectation == Expectation.NONE || expectation == Expectation.REFUSED) {
      throw new IllegalArgumentException(expectation + " is decided without a byte");
    }
    this.expectation = expectation;
    this.timeout = timeout;
    this.outcome = outcome;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(false);
    if (expectation == Expectation.FORBIDDEN) {
      activate(ctx, null);
      return;
    }
    timer =
        ctx.executor()
            .schedule(
                () -> refuse(ctx, Refusal.UNFINISHED, "no header within " + timeout),
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
    ctx.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (isOver) {
      in.release();
      return;
    }
    ByteBuf before = held;
    held =
        before == null
            ? in
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, in);
    decide(ctx, held);
  }

  private void decide(ChannelHandlerContext ctx, ByteBuf bytes) {
    switch (ProxyHeaderParser.parse(bytes)) {
      case Incomplete incomplete -> {
        if (expectation == Expectation.FORBIDDEN && ProxyHeaderParser.hasSignature(bytes)) {
          refuseUntrusted(ctx);
        }
      }
      case Malformed malformed -> refuse(ctx, Refusal.MALFORMED, malformed.reason());
      case Absent absent -> {
        if (expectation == Expectation.REQUIRED) {
          refuse(ctx, Refusal.MISSING, "the connection does not begin with a header");
        } else {
          goOn(ctx, null);
        }
      }
      case Complete complete -> {
        if (expectation == Expectation.FORBIDDEN) {
          refuseUntrusted(ctx);
        } else {
          bytes.skipBytes(complete.length());
          goOn(ctx, complete.header());
        }
      }
    }
  }

  private void goOn(ChannelHandlerContext ctx, @Nullable ProxyHeader header) {
    end();
    ByteBuf rest = held;
    held = null;
    activate(ctx, header);
    if (rest != null && rest.isReadable()) {
      ctx.fireChannelRead(rest);
    } else if (rest != null) {
      rest.release();
    }
    ctx.pipeline().remove(this);
  }

  private void activate(ChannelHandlerContext ctx, @Nullable ProxyHeader header) {
    if (!isActive) {
      isActive = true;
      outcome.onHeader(ctx.pipeline(), header);
      ctx.fireChannelActive();
    }
  }

  private void refuse(ChannelHandlerContext ctx, Refusal refusal, String detail) {
    if (!isOver) {
      end();
      outcome.onRefused(refusal, detail);
      ctx.close();
    }
  }

  private void refuseUntrusted(ChannelHandlerContext ctx) {
    refuse(ctx, Refusal.UNTRUSTED, "a header of a peer that is not trusted");
  }

  private void end() {
    isOver = true;
    Future<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    boolean waits = !isOver && (!isActive || held != null);
    if (waits) {
      ctx.read();
    } else {
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (isActive) {
      if (event instanceof ChannelInputShutdownEvent) {
        passHeld(ctx);
      }
      ctx.fireUserEventTriggered(event);
    } else if (event instanceof ChannelInputShutdownEvent) {
      refuse(ctx, Refusal.UNFINISHED, "closed before the end of the header");
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (isActive) {
      passHeld(ctx);
      ctx.fireChannelInactive();
    } else {
      refuse(ctx, Refusal.UNFINISHED, "closed before the end of the header");
    }
  }

  /** The peer says no more: what looked like the beginning of a header was none. */
  private void passHeld(ChannelHandlerContext ctx) {
    ByteBuf rest = held;
    if (rest != null && !isOver) {
      held = null;
      ctx.fireChannelRead(rest);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    OutOfMemory.haltOn(cause);
    if (isActive) {
      ctx.fireExceptionCaught(cause);
    } else {
      refuse(ctx, Refusal.UNFINISHED, cause.toString());
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    end();
    ByteBuf rest = held;
    if (rest != null) {
      held = null;
      rest.release();
    }
  }
}
