package io.expressgateway.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the ClientHello, chooses the context by its name and puts the handshake in its own place.
 * Bounded in bytes, headers of records included, and in time, of which the handshake gets what is
 * left. Confined to the connection's event loop.
 */
final class ClientHello extends SniHandler {

  /**
   * A ClientHello beyond this is hostile: the largest real ones, post-quantum, have about 2 KiB.
   */
  static final int MAX_BYTES = 16 * 1024;

  /** A fatal alert in a record in clear text: decode_error (RFC 8446 section 6.2). */
  private static final byte[] DECODE_ERROR = {21, 3, 3, 0, 2, 2, 50};

  private final ServerTls tls;
  private final long timeoutMillis;
  private final long beganNanos = System.nanoTime();
  private int bytes;
  private boolean refused;

  ClientHello(ServerTls tls, long timeoutMillis) {
    super(tls::contextFor, MAX_BYTES, timeoutMillis);
    this.tls = tls;
    this.timeoutMillis = timeoutMillis;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    // As long as this is called, the hello is not complete.
    if (refused || bytes >= MAX_BYTES) {
      ReferenceCountUtil.release(message);
      refuse(ctx);
      return;
    }
    bytes += ((ByteBuf) message).readableBytes();
    super.channelRead(ctx, message);
  }

  private void refuse(ChannelHandlerContext ctx) {
    if (!refused) {
      refused = true;
      ctx.fireUserEventTriggered(
          new SniCompletionEvent(new javax.net.ssl.SSLException("the ClientHello is too long")));
    }
  }

  @Override
  protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
    SslHandler handler = super.newSslHandler(context, allocator);
    long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
    handler.setHandshakeTimeoutMillis(Math.max(1, timeoutMillis - passed));
    byte @Nullable [] staple = tls.stapleOf(context);
    if (staple != null) {
      ((ReferenceCountedOpenSslEngine) handler.engine()).setOcspResponse(staple);
    }
    return handler;
  }

  /** What a client is told whose hello is refused. */
  static ByteBuf alert() {
    return Unpooled.wrappedBuffer(DECODE_ERROR);
  }
}
