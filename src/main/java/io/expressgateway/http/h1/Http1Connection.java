package io.expressgateway.http.h1;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * What both sides of HTTP/1.1 know of their channel: its context, the writer of its messages, and
 * whether it is read. Confined to the connection's event loop.
 */
abstract class Http1Connection extends ChannelInboundHandlerAdapter {

  private @Nullable ChannelHandlerContext ctx;
  private @Nullable MessageWriter writer;
  private boolean reading;

  /**
   * @param reading whether the channel reads by itself from the start
   */
  Http1Connection(boolean reading) {
    this.reading = reading;
  }

  @Override
  public final void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    this.writer = new MessageWriter(ctx, ctx.alloc());
  }

  /**
   * The channel's context.
   *
   * @throws IllegalStateException before the handler was added
   */
  final ChannelHandlerContext context() {
    ChannelHandlerContext current = ctx;
    if (current == null) {
      throw noChannel();
    }
    return current;
  }

  /**
   * The writer of the channel's messages.
   *
   * @throws IllegalStateException before the handler was added
   */
  final MessageWriter writer() {
    MessageWriter current = writer;
    if (current == null) {
      throw noChannel();
    }
    return current;
  }

  private static IllegalStateException noChannel() {
    return new IllegalStateException("the connection has no channel yet");
  }

  /** Whether the socket is read. */
  final boolean isReading() {
    return reading;
  }

  /** Reads the socket or stops reading it; what was read already still arrives. */
  final void read(boolean wanted) {
    if (reading != wanted) {
      reading = wanted;
      context().channel().config().setAutoRead(wanted);
    }
  }
}
