package io.expressgateway.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the name that a ClientHello asks for (RFC 6066 section 3) and leaves everything to those
 * behind it, the hello included. It waits for the whole hello, in however many records and pieces
 * it comes, so that a name which is still to come cannot be missed; what is no hello, is larger
 * than {@link ClientHello#MAX_BYTES} or late is refused. Confined to the connection's event loop.
 */
public final class ServerNameReader extends AbstractSniHandler<String> {

  /** Content type of a record: handshake (RFC 8446 section 5.1). */
  private static final int HANDSHAKE = 22;

  /** Type of a handshake message: client_hello (RFC 8446 section 4). */
  private static final int CLIENT_HELLO = 1;

  private static final int RECORD_HEADER_BYTES = 5;

  private final Outcome outcome;
  private int bytes;
  private boolean isOver;

  /** Hears what was read. On the connection's event loop. */
  public interface Outcome {

    /**
     * The hello is complete.
     *
     * @param name in lower case; empty when it asks for none
     */
    void onName(String name);

    /**
     * There will be no name: what came is no ClientHello, is too long, or did not end in time. The
     * connection is to be closed by who hears it.
     */
    void onRefused(boolean isLate);
  }

  /** A reader for one connection. */
  public ServerNameReader(Duration timeout, Outcome outcome) {
    super(ClientHello.MAX_BYTES, Math.max(1, timeout.toMillis()));
    this.outcome = outcome;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (isOver) {
      ReferenceCountUtil.release(message);
      return;
    }
    ByteBuf data = (ByteBuf) message;
    boolean isHello = looksLikeHello(data);
    if (!isHello || bytes >= ClientHello.MAX_BYTES) {
      data.release();
      refuse(false);
      return;
    }
    bytes += data.readableBytes();
    super.channelRead(ctx, message);
  }

  /**
   * The first bytes of a record and of the message in it, as far as they have come: Netty takes
   * anything else for a hello without a name.
   */
  private boolean looksLikeHello(ByteBuf data) {
    return isAt(data, 0, HANDSHAKE) && isAt(data, 1, 3) && isAt(data, RECORD_HEADER_BYTES, CLIENT_HELLO);
  }

  private boolean isAt(ByteBuf data, int place, int expected) {
    int index = place - bytes;
    return index < 0
        || index >= data.readableBytes()
        || data.getUnsignedByte(data.readerIndex() + index) == expected;
  }

  @Override
  protected Future<String> lookup(ChannelHandlerContext ctx, @Nullable String hostname) {
    return ctx.executor()
        .newSucceededFuture(hostname == null ? "" : hostname.toLowerCase(Locale.ROOT));
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String hostname, Future<String> future) {
    if (!isOver) {
      isOver = true;
      outcome.onName(future.isSuccess() ? future.getNow() : "");
      ctx.pipeline().remove(this);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      // What is missing will not come.
      refuse(false);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    io.expressgateway.net.OutOfMemory.haltOn(cause);
    refuse(false);
  }

  private void refuse(boolean isLate) {
    if (!isOver) {
      isOver = true;
      outcome.onRefused(isLate);
    }
  }
}
