package io.expressgateway.tls;

import io.expressgateway.net.OutOfMemory;
import io.expressgateway.net.PeerFault;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the name that a ClientHello asks for and leaves every byte to those behind it. It waits for
 * the whole hello, so that a name which is still to come cannot be missed; what is no hello, is
 * larger than {@link ClientHello#MAX_BYTES} or late is refused. Confined to the connection's event
 * loop.
 *
 * <p>Not Netty's SNI handler, which takes whatever it cannot read for a hello without a name: where
 * TLS ends here the handshake would find out, where it does not the default cluster would get it.
 */
public final class ServerNameReader extends ChannelInboundHandlerAdapter {

  private static final int FIRST_COPY_BYTES = 2048;

  private final Duration timeout;
  private final Outcome outcome;
  private final HelloName hello = new HelloName(ClientHello.MAX_BYTES);
  private @Nullable ByteBuf held;
  private @Nullable Future<?> timer;
  private int bytes;
  private boolean isCopied;
  private boolean isOver;

  /** Hears what was read. On the connection's event loop. */
  public interface Outcome {

    /**
     * The hello is complete; what was read of the connection has been passed on.
     *
     * @param name in lower case; empty when it asks for none
     */
    void onName(String name);

    /** The client has left without a byte. */
    void onGone();

    /**
     * There will be no name: what came is no ClientHello, is too long, or did not end in time. The
     * connection is to be closed by who hears it.
     */
    void onRefused(boolean isLate);
  }

  /**
   * A reader for one connection.
   *
   * @param timeout from now to the end of the hello
   */
  public ServerNameReader(Duration timeout, Outcome outcome) {
    this.timeout = timeout;
    this.outcome = outcome;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    timer = ctx.executor().schedule(() -> refuse(true), timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    if (isOver) {
      data.release();
      return;
    }
    HelloName.Progress progress = hello.next(data);
    bytes += data.readableBytes();
    hold(ctx, data);
    switch (progress) {
      case MORE -> {
        if (bytes >= ClientHello.MAX_BYTES) {
          refuse(false);
        }
      }
      case BAD -> refuse(false);
      case DONE -> {
        isOver = true;
        // First, so that what this leads to is not taken for something of the client's.
        ctx.pipeline().remove(this);
        outcome.onName(hello.name());
      }
    }
  }

  /** One piece stays as it is; more are copied together, lest each holds a whole read buffer. */
  private void hold(ChannelHandlerContext ctx, ByteBuf data) {
    ByteBuf before = held;
    if (before == null) {
      held = data;
      return;
    }
    ByteBuf all = before;
    if (!isCopied) {
      isCopied = true;
      all = ctx.alloc().buffer(FIRST_COPY_BYTES).writeBytes(before);
      before.release();
      held = all;
    }
    all.writeBytes(data);
    data.release();
  }

  /** Passes on what was read, unless the connection is refused. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    cancelTimer();
    ByteBuf all = held;
    held = null;
    if (all == null) {
      return;
    }
    if (ctx.channel().isActive()) {
      ctx.fireChannelRead(all);
      ctx.fireChannelReadComplete();
    } else {
      all.release();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      // What is missing will not come.
      leave();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    OutOfMemory.haltOn(cause);
    if (PeerFault.is(cause)) {
      leave();
    } else {
      isOver = true;
      ctx.fireExceptionCaught(cause);
    }
  }

  /** A client that has said nothing, as checks of the port do, has said nothing wrong. */
  private void leave() {
    if (bytes > 0) {
      refuse(false);
    } else if (!isOver) {
      isOver = true;
      cancelTimer();
      outcome.onGone();
    }
  }

  private void refuse(boolean isLate) {
    if (!isOver) {
      isOver = true;
      cancelTimer();
      ByteBuf all = held;
      held = null;
      if (all != null) {
        all.release();
      }
      outcome.onRefused(isLate);
    }
  }

  private void cancelTimer() {
    Future<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
  }
}
