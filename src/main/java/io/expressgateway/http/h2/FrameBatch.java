package io.expressgateway.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the frames of one turn of the loop behind each other into one buffer: heads, and bodies up
 * to {@link #JOINED_BYTES}, which cost less to copy than to queue. So many small responses leave as
 * one write of one buffer, and TLS seals them in as few records as they fit in. {@link #drain}
 * hands the buffer to the channel; it has to be called before a flush. Every other kind of frame
 * drains first, so the order is that of the calls.
 *
 * <p>Padding, priorities and sections beyond a frame are left to Netty's writer. Confined to the
 * connection's event loop.
 */
final class FrameBatch extends DefaultHttp2FrameWriter {

  /** As on the HTTP/1.1 side: what is cheaper to copy than to send by itself. */
  private static final int JOINED_BYTES = 4096;

  /** A batch that is this full is handed on: the size of a record of TLS. */
  private static final int FULL_BYTES = 16_384;

  private static final int FRAME_HEADER_BYTES = 9;

  /** Answers to SETTINGS, PING and broken streams that may wait for a peer that does not read. */
  private static final int MAX_QUEUED_ANSWERS = 1_000;

  private final HpackWriter hpack;
  private final List<ChannelPromise> promises = new ArrayList<>();
  private @Nullable ByteBuf batch;
  private int queuedAnswers;

  FrameBatch(HpackWriter hpack) {
    super(hpack);
    this.hpack = hpack;
  }

  /** Hands what was gathered to the channel. */
  void drain(ChannelHandlerContext ctx) {
    ByteBuf gathered = batch;
    if (gathered == null) {
      return;
    }
    batch = null;
    if (promises.size() == 1) {
      ctx.write(gathered, promises.removeFirst());
      return;
    }
    ChannelPromise[] waiting = promises.toArray(new ChannelPromise[0]);
    promises.clear();
    ctx.write(gathered)
        .addListener(done -> {
          for (ChannelPromise promise : waiting) {
            if (done.isSuccess()) {
              promise.trySuccess();
            } else {
              promise.tryFailure(done.cause());
            }
          }
        });
  }

  private ByteBuf room(ChannelHandlerContext ctx, int bytes) {
    ByteBuf current = batch;
    if (current != null && current.readableBytes() + bytes > FULL_BYTES) {
      drain(ctx);
      current = null;
    }
    if (current == null) {
      current = ctx.alloc().directBuffer(Math.max(bytes, 2048), Integer.MAX_VALUE);
      batch = current;
    }
    return current;
  }

  private static void frameHeader(ByteBuf out, int length, byte type, int flags, int streamId) {
    out.ensureWritable(FRAME_HEADER_BYTES + length);
    out.writeInt(length << 8 | type);
    out.writeByte(flags);
    out.writeInt(streamId);
  }

  @Override
  public ChannelFuture writeHeaders(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int padding,
      boolean endStream,
      ChannelPromise promise) {
    int length = hpack.encode((FieldBlock) headers);
    int first = Math.min(length, maxFrameSize());
    ByteBuf out = room(ctx, FRAME_HEADER_BYTES + first);
    int flags = endStream ? Http2Flags.END_STREAM : 0;
    flags |= first == length ? Http2Flags.END_HEADERS : 0;
    frameHeader(out, first, Http2FrameTypes.HEADERS, flags, streamId);
    out.writeBytes(hpack.bytes(), 0, first);
    for (int at = first; at < length; at += maxFrameSize()) {
      int next = Math.min(length - at, maxFrameSize());
      frameHeader(
          out,
          next,
          Http2FrameTypes.CONTINUATION,
          at + next == length ? Http2Flags.END_HEADERS : 0,
          streamId);
      out.writeBytes(hpack.bytes(), at, next);
    }
    hpack.copied();
    promises.add(promise);
    return promise;
  }

  @Override
  public ChannelFuture writeData(
      ChannelHandlerContext ctx,
      int streamId,
      ByteBuf data,
      int padding,
      boolean endStream,
      ChannelPromise promise) {
    int length = data.readableBytes();
    if (padding > 0 || length > maxFrameSize()) {
      drain(ctx);
      return super.writeData(ctx, streamId, data, padding, endStream, promise);
    }
    boolean isJoined = length <= JOINED_BYTES;
    ByteBuf out = room(ctx, FRAME_HEADER_BYTES + (isJoined ? length : 0));
    int flags = endStream ? Http2Flags.END_STREAM : 0;
    frameHeader(out, isJoined ? length : 0, Http2FrameTypes.DATA, flags, streamId);
    if (isJoined) {
      out.writeBytes(data);
      data.release();
      promises.add(promise);
    } else {
      out.setMedium(out.writerIndex() - FRAME_HEADER_BYTES, length);
      // The header leaves with what was gathered; the body's end is the frame's.
      drain(ctx);
      ctx.write(data, promise);
    }
    return promise;
  }

  /** Counts a frame that the peer makes us send; too many of them unread end the connection. */
  private ChannelPromise answer(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (++queuedAnswers > MAX_QUEUED_ANSWERS) {
      ctx.close();
    }
    return promise.unvoid().addListener(sent -> queuedAnswers--);
  }

  // ---------------------------------------------------------------- all other frames, in order

  @Override
  public ChannelFuture writeRstStream(
      ChannelHandlerContext ctx, int streamId, long errorCode, ChannelPromise promise) {
    drain(ctx);
    return super.writeRstStream(ctx, streamId, errorCode, answer(ctx, promise));
  }

  @Override
  public ChannelFuture writeSettings(
      ChannelHandlerContext ctx, Http2Settings settings, ChannelPromise promise) {
    drain(ctx);
    return super.writeSettings(ctx, settings, promise);
  }

  @Override
  public ChannelFuture writeSettingsAck(ChannelHandlerContext ctx, ChannelPromise promise) {
    drain(ctx);
    return super.writeSettingsAck(ctx, answer(ctx, promise));
  }

  @Override
  public ChannelFuture writePing(
      ChannelHandlerContext ctx, boolean ack, long data, ChannelPromise promise) {
    drain(ctx);
    return super.writePing(ctx, ack, data, answer(ctx, promise));
  }

  @Override
  public ChannelFuture writeGoAway(
      ChannelHandlerContext ctx,
      int lastStreamId,
      long errorCode,
      ByteBuf debugData,
      ChannelPromise promise) {
    drain(ctx);
    return super.writeGoAway(ctx, lastStreamId, errorCode, debugData, promise);
  }

  @Override
  public ChannelFuture writeWindowUpdate(
      ChannelHandlerContext ctx, int streamId, int windowSizeIncrement, ChannelPromise promise) {
    drain(ctx);
    return super.writeWindowUpdate(ctx, streamId, windowSizeIncrement, promise);
  }

  @Override
  public ChannelFuture writeFrame(
      ChannelHandlerContext ctx,
      byte frameType,
      int streamId,
      Http2Flags flags,
      ByteBuf payload,
      ChannelPromise promise) {
    drain(ctx);
    return super.writeFrame(ctx, frameType, streamId, flags, payload, promise);
  }

  /** The connection is over: what was gathered leaves with nobody. */
  @Override
  public void close() {
    ByteBuf gathered = batch;
    if (gathered != null) {
      batch = null;
      gathered.release();
      Throwable closed = new ClosedChannelException();
      for (ChannelPromise promise : List.copyOf(promises)) {
        promise.tryFailure(closed);
      }
      promises.clear();
    }
    super.close();
  }
}
