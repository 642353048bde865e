package io.expressgateway.http.h1;

import io.expressgateway.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What both sides of HTTP/1.1 do to send a message: a head that waits for the first body bytes so
 * that small messages leave in one send, chunked coding, and one flush per turn. Confined to the
 * connection's event loop.
 */
final class MessageWriter {

  /**
   * Bodies up to this are copied behind their head: one buffer and one system call instead of two.
   */
  private static final int JOINED_BODY = 4096;

  private static final int HEAD_CAPACITY = 1024;
  private static final byte[] LAST_CHUNK = "0\r\n".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  private final ByteBufAllocator allocator;
  private final ChannelHandlerContext ctx;
  private @Nullable ByteBuf joined;
  private boolean chunked;
  private boolean unflushed;
  private long writtenBytes;

  MessageWriter(ChannelHandlerContext ctx, ByteBufAllocator allocator) {
    this.ctx = ctx;
    this.allocator = allocator;
  }

  /** A buffer for the next head; it leaves with the first body bytes or at the next flush. */
  ByteBuf beginHead(int expectedBytes) {
    writeJoined();
    ByteBuf head = allocator.directBuffer(Math.max(HEAD_CAPACITY, expectedBytes + 512));
    joined = head;
    return head;
  }

  /** Drops a head that was begun and not completed. */
  void discardHead() {
    if (joined != null) {
      joined.release();
      joined = null;
    }
  }

  /** How the body that follows is coded. */
  void chunked(boolean chunked) {
    this.chunked = chunked;
  }

  /** Sends body bytes; takes ownership. */
  void data(ByteBuf data) {
    int length = data.readableBytes();
    ByteBuf head = joined;
    if (head == null && chunked && length <= JOINED_BODY) {
      head = allocator.directBuffer(length + 32);
      joined = head;
    }
    if (head != null && length <= JOINED_BODY) {
      if (chunked) {
        chunkSize(head, length);
      }
      head.writeBytes(data);
      data.release();
      if (chunked) {
        head.writeBytes(CRLF);
      }
      if (head.readableBytes() > JOINED_BODY) {
        writeJoined();
      }
      return;
    }
    if (chunked) {
      ByteBuf before = head == null ? allocator.directBuffer(32) : head;
      chunkSize(before, length);
      joined = before;
    }
    writeJoined();
    write(data);
    if (chunked) {
      ByteBuf after = allocator.directBuffer(32);
      after.writeBytes(CRLF);
      joined = after;
    }
  }

  private static void chunkSize(ByteBuf out, int length) {
    int shift = 28;
    while (shift > 0 && length >>> shift == 0) {
      shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
      out.writeByte(HEX[length >>> shift & 0xf]);
    }
    out.writeBytes(CRLF);
  }

  /** Ends the body. */
  void end(@Nullable HeaderBlock trailers) {
    if (!chunked) {
      return;
    }
    ByteBuf out = joined;
    if (out == null) {
      out = allocator.directBuffer(trailers == null ? 16 : trailers.used() + 64);
      joined = out;
    }
    out.writeBytes(LAST_CHUNK);
    if (trailers != null) {
      HeadWriter.fields(out, trailers);
    }
    out.writeBytes(CRLF);
  }

  /** Hands everything to the socket. */
  void flush() {
    writeJoined();
    if (unflushed) {
      unflushed = false;
      ctx.flush();
    }
  }

  /** All bytes that were handed to the channel so far. */
  long writtenBytes() {
    return writtenBytes;
  }

  /** Whether something waits for {@link #flush}. */
  boolean isUnflushed() {
    return unflushed || joined != null;
  }

  private void writeJoined() {
    ByteBuf head = joined;
    if (head != null) {
      joined = null;
      write(head);
    }
  }

  private void write(ByteBuf data) {
    unflushed = true;
    writtenBytes += data.readableBytes();
    ctx.write(data, ctx.voidPromise());
  }
}
