package io.expressgateway.http.h2;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Encodes field sections (RFC 7541) from the block that an exchange works on.
 *
 * <p>What repeats becomes an index, what does not stays a plain literal: a field is entered into
 * the table when its name and value are seen for the second time, so that values that change with
 * every message (lengths, tags, paths) never push out those that stay. Whether a field was seen is
 * remembered by its hash in a small table that newer fields overwrite. Credentials and cookies are
 * never indexed (RFC 7541 section 7.1.3): many clients share a connection to an endpoint. Strings
 * are sent as they are, without the Huffman code: it would save bytes only of what is sent once.
 *
 * <p>The peer's SETTINGS_MAX_HEADER_LIST_SIZE is advice (RFC 9113 section 6.5.2) and taken as such:
 * a limit that made us reset streams would be a lever for floods. Confined to the connection's
 * event loop.
 */
final class HpackWriter implements Http2HeadersEncoder, Http2HeadersEncoder.Configuration {

  /** What we use of a larger table that the peer offers: the protocol's default. */
  private static final long MOST_TABLE_BYTES = Http2CodecUtil.DEFAULT_HEADER_TABLE_SIZE;

  private static final int SLOTS = 64;

  /** What a connection keeps between two sections; a usual one has less than half of it. */
  private static final int KEPT_BYTES = 4096;

  private static final int AUTHORITY = 1;
  private static final int METHOD_GET = 2;
  private static final int METHOD_POST = 3;
  private static final int PATH = 4;
  private static final int SCHEME_HTTP = 6;
  private static final int SCHEME_HTTPS = 7;
  private static final int FIRST_STATUS = 8;
  private static final int LAST_STATUS = 14;
  private static final int AUTHORIZATION = 23;
  private static final int PROXY_AUTHORIZATION = 49;
  private static final int DATE = 33;

  private static final byte[] DATE_NAME = {'d', 'a', 't', 'e'};

  private final FieldTable table = new FieldTable(MOST_TABLE_BYTES);
  private final int[] seenHash = new int[SLOTS];
  // The number in the table of what was seen; 0 for what was seen once.
  private final int[] seenNumber = new int[SLOTS];
  private long peerTableBytes = Http2CodecUtil.DEFAULT_HEADER_TABLE_SIZE;
  private long smallestTableBytes = MOST_TABLE_BYTES;
  private boolean mustSaySize;
  private long maxListBytes = Http2CodecUtil.MAX_HEADER_LIST_SIZE;

  private byte[] out = new byte[512];
  private int length;

  @Override
  public void encodeHeaders(int streamId, Http2Headers headers, ByteBuf buffer) {
    encode((FieldBlock) headers);
    buffer.writeBytes(out, 0, length);
    copied();
  }

  /** Encodes a section into {@link #bytes}, valid until the next call; returns its length. */
  int encode(FieldBlock fields) {
    length = 0;
    if (mustSaySize) {
      saySize();
    }
    pseudo(fields);
    String date = fields.date();
    if (date != null) {
      date(date);
    }
    HeaderBlock block = fields.block();
    int size = block.size();
    for (int i = 0; i < size; i++) {
      HeaderName id = block.id(i);
      if (!isLeftBehind(block, i, id)) {
        field(block, i, id);
      }
    }
    return length;
  }

  /** The section was copied: an array that has grown large is not kept until the next one. */
  void copied() {
    if (out.length > KEPT_BYTES) {
      out = new byte[512];
    }
  }

  /** The encoded section; not to be written to. */
  byte[] bytes() {
    return out;
  }

  /** What is specific to a connection of HTTP/1.1 (RFC 9113 section 8.2.2). */
  private static boolean isLeftBehind(HeaderBlock block, int i, HeaderName id) {
    return FieldRules.isConnectionSpecific(id)
        || id == HeaderName.HTTP2_SETTINGS
        || (id == HeaderName.TE && !block.valueEqualsIgnoreCase(i, "trailers"));
  }

  private void saySize() {
    mustSaySize = false;
    // RFC 7541 section 4.2: the smallest that was asked for in between, and the last.
    if (smallestTableBytes < table.maxBytes()) {
      integer(0x20, 0x1f, (int) smallestTableBytes);
    }
    integer(0x20, 0x1f, (int) table.maxBytes());
    smallestTableBytes = table.maxBytes();
  }

  // ---------------------------------------------------------------- pseudo-headers

  private void pseudo(FieldBlock fields) {
    String status = fields.status();
    if (status != null) {
      indexedOrLiteral(FIRST_STATUS, LAST_STATUS, PseudoNames.STATUS, status);
    }
    String method = fields.method();
    if (method != null) {
      indexedOrLiteral(METHOD_GET, METHOD_POST, PseudoNames.METHOD, method);
    }
    String protocol = fields.protocol();
    if (protocol != null) {
      pseudo(0, PseudoNames.PROTOCOL, protocol);
    }
    String scheme = fields.scheme();
    if (scheme != null) {
      indexedOrLiteral(SCHEME_HTTP, SCHEME_HTTPS, PseudoNames.SCHEME, scheme);
    }
    String authority = fields.authority();
    if (authority != null) {
      pseudo(AUTHORITY, PseudoNames.AUTHORITY, authority);
    }
    String path = fields.path();
    if (path != null) {
      indexedOrLiteral(PATH, PATH, PseudoNames.PATH, path);
    }
  }

  private void indexedOrLiteral(int first, int last, byte[] name, String value) {
    for (int index = first; index <= last; index++) {
      if (StaticTable.get(index).value().equals(value)) {
        integer(0x80, 0x7f, index);
        return;
      }
    }
    pseudo(first, name, value);
  }

  private void pseudo(int nameIndex, byte[] name, String value) {
    int hash = 31 * name.length + value.hashCode();
    Field known = known(hash);
    if (known != null && known.isNamed(name) && known.value().equals(value)) {
      indexed(hash);
      return;
    }
    byte[] text = value.getBytes(StandardCharsets.ISO_8859_1);
    write(hash, nameIndex, HeaderName.OTHER, name, 0, name.length, text, 0, text.length);
  }

  /** A new value every second, and until then always the same one: entered at first sight. */
  private void date(String value) {
    int hash = value.hashCode();
    Field known = known(hash);
    if (known != null && known.id == HeaderName.DATE && known.value().equals(value)) {
      indexed(hash);
      return;
    }
    byte[] text = value.getBytes(StandardCharsets.ISO_8859_1);
    seenHash[slot(hash)] = hash;
    enter(hash, DATE, HeaderName.DATE, DATE_NAME, 0, DATE_NAME.length, text, 0, text.length);
  }

  // ---------------------------------------------------------------- fields

  private void field(HeaderBlock block, int i, HeaderName id) {
    byte[] bytes = block.array();
    int nameAt = block.nameOffset(i);
    int nameLength = block.nameLength(i);
    int valueAt = block.valueOffset(i);
    int valueLength = block.valueLength(i);
    if (id == HeaderName.COOKIE || id == HeaderName.SET_COOKIE) {
      literal(0x10, 0x0f, StaticTable.indexOfName(block, i), bytes, nameAt, nameLength);
      string(bytes, valueAt, valueLength);
      return;
    }
    int hash = id == HeaderName.OTHER ? nameHash(bytes, nameAt, nameLength) : id.ordinal() + 1;
    for (int k = valueAt; k < valueAt + valueLength; k++) {
      hash = 31 * hash + bytes[k];
    }
    Field known = known(hash);
    if (known != null && isSame(known, id, bytes, nameAt, nameLength, valueAt, valueLength)) {
      indexed(hash);
      return;
    }
    int index = StaticTable.indexOfName(block, i);
    if (index == AUTHORIZATION || index == PROXY_AUTHORIZATION) {
      literal(0x10, 0x0f, index, bytes, nameAt, nameLength);
      string(bytes, valueAt, valueLength);
      return;
    }
    write(hash, index, id, bytes, nameAt, nameLength, bytes, valueAt, valueLength);
  }

  private static int nameHash(byte[] bytes, int at, int count) {
    int hash = 0;
    for (int k = at; k < at + count; k++) {
      hash = 31 * hash + FieldRules.lower(bytes[k]);
    }
    return hash;
  }

  private static int slot(int hash) {
    return (hash ^ hash >>> 16 ^ hash >>> 8) & SLOTS - 1;
  }

  private @Nullable Field known(int hash) {
    int slot = slot(hash);
    return seenHash[slot] == hash && seenNumber[slot] != 0
        ? table.numbered(seenNumber[slot])
        : null;
  }

  private static boolean isSame(
      Field known,
      HeaderName id,
      byte[] bytes,
      int nameAt,
      int nameLength,
      int valueAt,
      int valueLength) {
    if (known.id != id || known.nameLength != nameLength || known.valueLength != valueLength) {
      return false;
    }
    if (id == HeaderName.OTHER) {
      for (int k = 0; k < nameLength; k++) {
        if (FieldRules.lower(bytes[nameAt + k]) != known.line[k]) {
          return false;
        }
      }
    }
    int from = known.valueOffset();
    return Arrays.equals(
        bytes, valueAt, valueAt + valueLength, known.line, from, from + valueLength);
  }

  /** A field that the table does not have: a literal, entered when it was seen before. */
  private void write(
      int hash,
      int nameIndex,
      HeaderName id,
      byte[] names,
      int nameAt,
      int nameLength,
      byte[] values,
      int valueAt,
      int valueLength) {
    int slot = slot(hash);
    if (seenHash[slot] == hash) {
      enter(hash, nameIndex, id, names, nameAt, nameLength, values, valueAt, valueLength);
      return;
    }
    seenHash[slot] = hash;
    seenNumber[slot] = 0;
    literal(0x00, 0x0f, nameIndex, names, nameAt, nameLength);
    string(values, valueAt, valueLength);
  }

  private void enter(
      int hash,
      int nameIndex,
      HeaderName id,
      byte[] names,
      int nameAt,
      int nameLength,
      byte[] values,
      int valueAt,
      int valueLength) {
    literal(0x40, 0x3f, nameIndex, names, nameAt, nameLength);
    string(values, valueAt, valueLength);
    byte[] line = new byte[nameLength + 2 + valueLength];
    for (int k = 0; k < nameLength; k++) {
      line[k] = FieldRules.lower(names[nameAt + k]);
    }
    line[nameLength] = ':';
    line[nameLength + 1] = ' ';
    System.arraycopy(values, valueAt, line, nameLength + 2, valueLength);
    seenNumber[slot(hash)] = table.add(new Field(line, nameLength, valueLength, id, Field.PLAIN));
  }

  // ---------------------------------------------------------------- bytes

  /** The beginning of a literal: its kind and its name, by index or in lower case. */
  private void literal(int kind, int mask, int nameIndex, byte[] bytes, int at, int count) {
    integer(kind, mask, nameIndex);
    if (nameIndex == 0) {
      integer(0x00, 0x7f, count);
      room(count);
      for (int k = 0; k < count; k++) {
        out[length++] = FieldRules.lower(bytes[at + k]);
      }
    }
  }

  /** The index of a field that {@link #known} found. */
  private void indexed(int hash) {
    integer(0x80, 0x7f, StaticTable.SIZE + 1 + table.indexOf(seenNumber[slot(hash)]));
  }

  private void string(byte[] bytes, int at, int count) {
    integer(0x00, 0x7f, count);
    room(count);
    System.arraycopy(bytes, at, out, length, count);
    length += count;
  }

  /** RFC 7541 section 5.1; {@code mask} is the largest value of the prefix. */
  private void integer(int kind, int mask, int value) {
    room(6);
    if (value < mask) {
      out[length++] = (byte) (kind | value);
      return;
    }
    out[length++] = (byte) (kind | mask);
    int rest = value - mask;
    while (rest >= 0x80) {
      out[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    out[length++] = (byte) rest;
  }

  private void room(int count) {
    if (out.length - length < count) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, length + count));
    }
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
    peerTableBytes = max;
    long used = Math.min(max, MOST_TABLE_BYTES);
    if (used != table.maxBytes()) {
      smallestTableBytes = Math.min(smallestTableBytes, used);
      mustSaySize = true;
      table.maxBytes(used);
    }
  }

  @Override
  public long maxHeaderTableSize() {
    return peerTableBytes;
  }

  @Override
  public void maxHeaderListSize(long max) throws Http2Exception {
    if (max < 0) {
      throw Http2Exception.connectionError(
          Http2Error.PROTOCOL_ERROR, "header list size %d is invalid", max);
    }
    maxListBytes = max;
  }

  @Override
  public long maxHeaderListSize() {
    return maxListBytes;
  }
}
