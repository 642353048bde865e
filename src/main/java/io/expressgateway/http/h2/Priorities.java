package io.expressgateway.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.collection.IntObjectHashMap;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a client and its endpoints say about the order of responses (RFC 9218): the {@code priority}
 * field of a request, PRIORITY_UPDATE frames, which win over it, and the {@code priority} field of
 * a response, which wins over both. Confined to the connection's event loop.
 */
final class Priorities {

  /** PRIORITY_UPDATE (RFC 9218 section 7.1). */
  static final byte FRAME_TYPE = 0x10;

  /** SETTINGS_NO_RFC7540_PRIORITIES (RFC 9218 section 2.1). */
  static final char NO_RFC7540_PRIORITIES = 9;

  private static final int STREAM_ID_BYTES = 4;

  /** Two parameters have a dozen bytes; a longer field is taken to say nothing. */
  private static final int LONGEST_FIELD = 256;

  private final Http2Connection connection;
  private final PriorityDistributor distributor;
  private final int maxStreams;
  private @Nullable IntObjectHashMap<Priority> updates;
  private long stated = -1;
  private boolean settled;

  /**
   * @param maxStreams how many streams may be spoken of before they are opened
   */
  Priorities(Http2Connection connection, PriorityDistributor distributor, int maxStreams) {
    this.connection = connection;
    this.distributor = distributor;
    this.maxStreams = maxStreams;
  }

  /**
   * The client's SETTINGS (RFC 9218 section 2.1): 0 or 1, from the first frame on and never
   * another.
   */
  void onSettings(Http2Settings settings) throws Http2Exception {
    Long value = settings.get(NO_RFC7540_PRIORITIES);
    if (value != null && (value > 1 || (settled && value != Math.max(stated, 0)))) {
      throw Http2Exception.connectionError(
          Http2Error.PROTOCOL_ERROR, "SETTINGS_NO_RFC7540_PRIORITIES is %d", value);
    }
    if (value != null) {
      stated = value;
      if (value == 1) {
        distributor.signalled();
      }
    }
    settled = true;
  }

  /**
   * A PRIORITY_UPDATE frame (RFC 9218 section 7.1).
   *
   * @param carrier the stream that the frame came on
   * @param at where the payload begins
   */
  void onUpdate(int carrier, ByteBuf in, int at, int length) throws Http2Exception {
    if (carrier != 0) {
      throw protocolError("PRIORITY_UPDATE on stream %d", carrier);
    }
    if (length < STREAM_ID_BYTES) {
      throw Http2Exception.connectionError(
          Http2Error.FRAME_SIZE_ERROR, "PRIORITY_UPDATE of %d bytes", length);
    }
    int id = in.getInt(at) & Integer.MAX_VALUE;
    if (id == 0 || (id & 1) == 0) {
      // None of ours is ever open: push is not used.
      throw protocolError("PRIORITY_UPDATE for stream %d", id);
    }
    distributor.signalled();
    // Parsed at once: what is kept is two small values, however much was sent.
    Priority update = update(in, at + STREAM_ID_BYTES, length - STREAM_ID_BYTES);
    Http2Stream stream = connection.stream(id);
    if (stream != null) {
      distributor.prioritize(stream, update);
    } else if (id > connection.remote().lastStreamCreated()) {
      keep(id, update);
    }
  }

  private static Priority update(ByteBuf in, int at, int length) {
    return length > LONGEST_FIELD
        ? Priority.DEFAULT
        : Priority.DEFAULT.with(in.toString(at, length, StandardCharsets.ISO_8859_1));
  }

  private void keep(int id, Priority update) throws Http2Exception {
    IntObjectHashMap<Priority> kept = updates;
    if (kept == null) {
      kept = new IntObjectHashMap<>(4);
      updates = kept;
    }
    if (kept.size() >= maxStreams && !kept.containsKey(id)) {
      throw protocolError("PRIORITY_UPDATE for more streams than may be open, %d", id);
    }
    kept.put(id, update);
  }

  private static Http2Exception protocolError(String text, int id) {
    return Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, text, id);
  }

  /** Whether frames spoke of streams that were not open yet. */
  boolean isAwaiting() {
    return updates != null && !updates.isEmpty();
  }

  /** A request has arrived; {@code field} is its {@code priority}, null for none. */
  void onRequest(Http2Stream stream, @Nullable String field) {
    IntObjectHashMap<Priority> kept = updates;
    Priority update = kept == null ? null : kept.remove(stream.id());
    if (update == null && field != null) {
      update = Priority.DEFAULT.with(field);
    }
    if (update != null) {
      distributor.signalled();
      distributor.prioritize(stream, update);
    }
  }

  /**
   * The endpoint's answer has a {@code priority}: what it leaves out stays as the client has it.
   */
  void onResponse(Http2Stream stream, String field) {
    distributor.prioritize(stream, distributor.priority(stream).with(field));
  }
}
