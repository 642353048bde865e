package io.expressgateway.http.h2;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import java.util.Arrays;

/**
 * Decodes field sections (RFC 7541) straight into the block that an exchange works on. A field that
 * a table knows costs one copy: its name's id and whether it may be were found out when it was
 * entered.
 *
 * <p>What is malformed in HPACK's sense ends the connection; a section that is too large is decoded
 * to its end, so that the table stays right, and ends its stream; what is malformed in HTTP's sense
 * is noted in the {@link FieldBlock}. Netty's decoder is the oracle of the tests. Confined to the
 * connection's event loop.
 */
final class HpackReader implements Http2HeadersDecoder, Http2HeadersDecoder.Configuration {

  /** The refusal of an integer with more than four bytes behind its prefix, padded or not. */
  static final String TOO_LARGE = "an integer that is too large";

  /** No integer of HPACK is larger here: four bytes behind the prefix. */
  private static final int MAX_INTEGER = 1 << 28;

  /** What a connection keeps between two sections; a usual one has less than half of it. */
  private static final int KEPT_BYTES = 4096;

  private final FieldTable table = new FieldTable(Http2CodecUtil.DEFAULT_HEADER_TABLE_SIZE);
  private long tableLimit = Http2CodecUtil.DEFAULT_HEADER_TABLE_SIZE;
  private boolean mustShrink;
  private long maxListBytes;
  private long maxListBytesGoAway;

  private byte[] in = new byte[512];
  private int at;
  private int end;
  // The line of the literal that is being read: name, colon, space, value, CRLF.
  private byte[] line = new byte[256];
  private int lineEnd;
  private long listBytes;

  HpackReader(long maxListBytes) {
    this.maxListBytes = maxListBytes;
    this.maxListBytesGoAway = Http2CodecUtil.calculateMaxHeaderListSizeGoAway(maxListBytes);
  }

  @Override
  public Http2Headers decodeHeaders(int streamId, ByteBuf section) throws Http2Exception {
    end = section.readableBytes();
    at = 0;
    if (in.length < end) {
      in = new byte[Math.max(end, in.length * 2)];
    }
    section.readBytes(in, 0, end);
    FieldBlock fields = new FieldBlock(new HeaderBlock());
    listBytes = 0;
    sizeUpdates();
    while (at < end) {
      field(fields);
    }
    if (in.length > KEPT_BYTES || line.length > KEPT_BYTES) {
      // Else each idle connection would keep the largest section that it ever sent.
      in = new byte[512];
      line = new byte[256];
    }
    if (listBytes > maxListBytes) {
      Http2CodecUtil.headerListSizeExceeded(streamId, maxListBytes, true);
    }
    return fields;
  }

  /** RFC 7541 section 4.2: only in front of the first field. */
  private void sizeUpdates() throws Http2Exception {
    while (at < end && (in[at] & 0xe0) == 0x20) {
      int size = integer(in[at++] & 0xff, 0x1f);
      if (size > tableLimit) {
        throw malformed("a table size above the limit");
      }
      mustShrink = false;
      table.maxBytes(size);
    }
    if (mustShrink && at < end) {
      throw malformed("the table size was not reduced");
    }
  }

  private void field(FieldBlock fields) throws Http2Exception {
    int b = in[at++] & 0xff;
    if (b >= 0x80) {
      add(fields, entry(integer(b, 0x7f)));
    } else if (b >= 0x40) {
      Field literal = literal(integer(b, 0x3f));
      table.add(literal);
      add(fields, literal);
    } else if (b >= 0x20) {
      throw malformed("a table size behind a field");
    } else {
      add(fields, literal(integer(b, 0x0f)));
    }
  }

  private void add(FieldBlock fields, Field field) {
    listBytes += field.size();
    if (listBytes <= maxListBytes) {
      fields.add(field);
    }
  }

  private Field entry(int index) throws Http2Exception {
    if (index > 0 && index <= StaticTable.SIZE) {
      return StaticTable.get(index);
    }
    Field field = index == 0 ? null : table.get(index - StaticTable.SIZE - 1);
    if (field == null) {
      throw malformed("an index of no field");
    }
    return field;
  }

  private Field literal(int nameIndex) throws Http2Exception {
    lineEnd = 0;
    HeaderName id = HeaderName.OTHER;
    if (nameIndex == 0) {
      string();
    } else {
      Field named = entry(nameIndex);
      room(named.nameLength);
      System.arraycopy(named.line, 0, line, 0, named.nameLength);
      lineEnd = named.nameLength;
      id = named.id;
    }
    int nameLength = lineEnd;
    room(2);
    line[lineEnd++] = ':';
    line[lineEnd++] = ' ';
    string();
    int valueLength = lineEnd - nameLength - 2;
    room(2);
    line[lineEnd++] = '\r';
    line[lineEnd++] = '\n';
    byte[] copy = Arrays.copyOf(line, lineEnd);
    if (id == HeaderName.OTHER) {
      return FieldRules.field(copy, nameLength, valueLength);
    }
    return new Field(
        copy, nameLength, valueLength, id, FieldRules.traits(copy, nameLength, valueLength, id));
  }

  /** Appends a string (RFC 7541 section 5.2) to the line. */
  private void string() throws Http2Exception {
    if (at >= end) {
      throw malformed("a field that ends early");
    }
    int b = in[at++] & 0xff;
    int length = integer(b, 0x7f);
    if (length > end - at) {
      throw malformed("a string that ends early");
    }
    if (b < 0x80) {
      room(length);
      System.arraycopy(in, at, line, lineEnd, length);
      lineEnd += length;
    } else {
      room(Huffman.longest(length));
      lineEnd = Huffman.decode(in, at, length, line, lineEnd);
      if (lineEnd < 0) {
        throw malformed("a Huffman code that is none");
      }
    }
    at += length;
  }

  private void room(int count) {
    if (line.length - lineEnd < count) {
      line = Arrays.copyOf(line, Math.max(line.length * 2, lineEnd + count));
    }
  }

  /** RFC 7541 section 5.1; {@code mask} is the largest value of the prefix. */
  private int integer(int first, int mask) throws Http2Exception {
    int value = first & mask;
    if (value < mask) {
      return value;
    }
    for (int shift = 0; shift <= 21; shift += 7) {
      if (at >= end) {
        throw malformed("an integer that ends early");
      }
      int b = in[at++];
      value += (b & 0x7f) << shift;
      if (b >= 0) {
        if (value > MAX_INTEGER) {
          break;
        }
        return value;
      }
    }
    throw malformed(TOO_LARGE);
  }

  private static Http2Exception malformed(String what) {
    return Http2Exception.connectionError(Http2Error.COMPRESSION_ERROR, "HPACK: %s", what);
  }

  // ---------------------------------------------------------------- configuration, by the codec

  @Override
  public Configuration configuration() {
    return this;
  }

  @Override
  public void maxHeaderTableSize(long max) throws Http2Exception {
    if (max < 0 || max > Http2CodecUtil.MAX_HEADER_TABLE_SIZE) {
      throw Http2Exception.connectionError(
          Http2Error.PROTOCOL_ERROR, "header table size %d is invalid", max);
    }
    tableLimit = max;
    if (max < table.maxBytes()) {
      mustShrink = true;
      table.maxBytes(max);
    }
  }

  @Override
  public long maxHeaderTableSize() {
    return tableLimit;
  }

  @Override
  public void maxHeaderListSize(long max, long goAwayMax) throws Http2Exception {
    if (goAwayMax < max || goAwayMax < 0) {
      throw Http2Exception.connectionError(
          Http2Error.INTERNAL_ERROR, "the limits %d and %d contradict", max, goAwayMax);
    }
    maxListBytes = max;
    maxListBytesGoAway = goAwayMax;
  }

  @Override
  public long maxHeaderListSize() {
    return maxListBytes;
  }

  @Override
  public long maxHeaderListSizeGoAway() {
    return maxListBytesGoAway;
  }
}
