package io.expressgateway.http.h2;

import io.expressgateway.limit.Rule;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Reads frames one at a time and counts them before they are decoded, so that frames of streams
 * that are long closed count as well, and knows since when a header block has been unfinished. A
 * DATA frame that trickles is passed on in pieces: what has arrived of a body is known, and a frame
 * may take longer than a body may pause. Confined to the connection's event loop.
 */
final class FrameGuard implements Http2FrameReader {

  private static final int HEADER_BYTES = 9;

  /** SETTINGS_MAX_FRAME_SIZE as we announce it: the least there is (RFC 9113 section 4.2). */
  static final int MAX_FRAME_BYTES = 16_384;

  /** How many of our latest resets are remembered: more than cross in one round trip. */
  private static final int REMEMBERED_RESETS = 64;

  private final DefaultHttp2FrameReader reader;
  private final FloodCounts counts;
  private final Http2Connection connection;
  private final int[] resets = new int[REMEMBERED_RESETS];
  private int nextReset;
  private int lastOpened;
  private final Priorities priorities;
  private boolean inHeaderBlock;
  private long unfinishedSinceNanos;

  // The rest of a DATA frame of which pieces have been passed on, and whether the frame at the
  // front was incomplete when it was looked at last.
  private int dataLeft;
  private int dataStream;
  private boolean dataEnds;
  private boolean isTrickling;

  /**
   * @param maxContinuations frames per header block that {@code counts} allows: Netty's reader,
   *     which has a limit of its own and no counter, comes after it
   */
  FrameGuard(
      Http2Connection connection,
      FloodCounts counts,
      Priorities priorities,
      int maxHeaderBytes,
      int maxContinuations) {
    this.connection = connection;
    this.counts = counts;
    this.priorities = priorities;
    this.reader =
        new DefaultHttp2FrameReader(new HpackReader(maxHeaderBytes), maxContinuations + 1);
  }

  /** Since when a header block or a frame other than DATA has been unfinished; 0 for none. */
  long unfinishedSinceNanos() {
    return unfinishedSinceNanos;
  }

  /** What is unfinished may take its time: a header block until it ends, a frame until it ends. */
  void forgetUnfinished() {
    unfinishedSinceNanos = 0;
  }

  @Override
  public void readFrame(ChannelHandlerContext ctx, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    if (dataLeft > 0 && !passData(ctx, in, listener)) {
      return;
    }
    while (in.readableBytes() >= HEADER_BYTES) {
      int at = in.readerIndex();
      int length = in.getUnsignedMedium(at);
      if (length > MAX_FRAME_BYTES) {
        // The reader knows which error that is.
        reader.readFrame(ctx, in, listener);
        return;
      }
      if (in.readableBytes() < HEADER_BYTES + length) {
        break;
      }
      byte type = in.getByte(at + 3);
      inspect(type, in.getUnsignedByte(at + 4), length, in.getInt(at + 5));
      ByteBuf frame = in.readSlice(HEADER_BYTES + length);
      isTrickling = false;
      if (!inHeaderBlock) {
        unfinishedSinceNanos = 0;
      }
      reader.readFrame(ctx, frame, listener);
      if (type == Priorities.FRAME_TYPE) {
        // Behind the reader, which knows whether a frame of this kind may come here.
        priorities.onUpdate(in.getInt(at + 5) & Integer.MAX_VALUE, in, at + HEADER_BYTES, length);
      }
    }
    boolean isPartialData =
        !inHeaderBlock
            && in.readableBytes() > 3
            && in.getByte(in.readerIndex() + 3) == Http2FrameTypes.DATA;
    if (isPartialData && in.readableBytes() > HEADER_BYTES) {
      trickle(ctx, in, listener);
    }
    if ((inHeaderBlock || in.isReadable()) && !isPartialData && unfinishedSinceNanos == 0) {
      unfinishedSinceNanos = System.nanoTime();
    }
  }

  /** The second time that a DATA frame is found incomplete, its pieces go on as they come. */
  private void trickle(ChannelHandlerContext ctx, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    int at = in.readerIndex();
    short bits = in.getUnsignedByte(at + 4);
    int id = in.getInt(at + 5);
    if (!isTrickling || id <= 0 || (bits & Http2Flags.PADDED) != 0) {
      isTrickling = true;
      return;
    }
    dataLeft = in.getUnsignedMedium(at);
    dataStream = id;
    dataEnds = (bits & Http2Flags.END_STREAM) != 0;
    in.skipBytes(HEADER_BYTES);
    passData(ctx, in, listener);
  }

  /** Passes on what there is of the frame; whether that was the rest of it. */
  private boolean passData(ChannelHandlerContext ctx, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    int count = Math.min(dataLeft, in.readableBytes());
    if (count > 0) {
      dataLeft -= count;
      isTrickling = dataLeft > 0;
      listener.onDataRead(ctx, dataStream, in.readSlice(count), 0, dataEnds && dataLeft == 0);
    }
    return dataLeft == 0;
  }

  private void inspect(byte type, short bits, int length, int id) throws Http2Exception {
    boolean flagged = (bits & Http2Flags.ACK) != 0;
    switch (type) {
      case Http2FrameTypes.DATA -> {
        // END_STREAM and ACK are the same bit.
        if (length == 0 && !flagged) {
          counts.countOdd(Rule.H2_EMPTY_DATA_FLOOD);
        }
      }
      case Http2FrameTypes.HEADERS -> {
        headerBlock(bits);
        openedBy(id);
      }
      case Http2FrameTypes.CONTINUATION -> {
        counts.count(Rule.H2_CONTINUATION_FLOOD);
        headerBlock(bits);
      }
      case Http2FrameTypes.SETTINGS -> {
        if (!flagged) {
          counts.count(Rule.H2_SETTINGS_FLOOD);
        }
      }
      case Http2FrameTypes.PING -> {
        if (!flagged) {
          counts.count(Rule.H2_PING_FLOOD);
        }
      }
      case Http2FrameTypes.PRIORITY -> counts.count(Rule.H2_PRIORITY_FLOOD);
      case Http2FrameTypes.WINDOW_UPDATE -> counts.count(Rule.H2_WINDOW_UPDATE_FLOOD);
      case Http2FrameTypes.RST_STREAM -> counts.count(Rule.H2_RST_FLOOD);
      case Priorities.FRAME_TYPE -> counts.count(Rule.H2_PRIORITY_FLOOD);
      default -> {
        // Unknown kinds are ignored (RFC 9113 section 5.5), but not in any number.
        counts.countOdd(Rule.H2_PRIORITY_FLOOD);
      }
    }
  }

  /**
   * A head on a stream that the client has ended, or below one that was opened, is the connection's
   * error (RFC 9113 sections 5.1 and 5.1.1), unless it crossed a reset of ours.
   */
  private void openedBy(int id) throws Http2Exception {
    if ((id & 1) == 0 || id < 0) {
      // The reader and the codec know what is wrong with these.
      return;
    }
    if (id > lastOpened) {
      lastOpened = id;
      counts.opened();
      return;
    }
    Http2Stream stream = connection.stream(id);
    boolean isClosed =
        stream == null ? !wasReset(id) : stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE;
    if (isClosed) {
      throw Http2Exception.connectionError(
          Http2Error.STREAM_CLOSED, "HEADERS on stream %d, which is closed", id);
    }
  }

  /** Whether one of our latest resets was of this stream. */
  boolean wasReset(int id) {
    for (int reset : resets) {
      if (reset == id) {
        return true;
      }
    }
    return false;
  }

  /** We reset a stream: what its client had sent before it knew may still arrive. */
  void onResetSent(int id) {
    counts.allowCrossing();
    resets[nextReset] = id;
    nextReset = (nextReset + 1) % resets.length;
  }

  private void headerBlock(short bits) {
    inHeaderBlock = (bits & Http2Flags.END_HEADERS) == 0;
    if (!inHeaderBlock) {
      counts.forget(Rule.H2_CONTINUATION_FLOOD);
    }
  }

  @Override
  public Configuration configuration() {
    return reader.configuration();
  }

  @Override
  public void close() {
    reader.close();
  }
}
