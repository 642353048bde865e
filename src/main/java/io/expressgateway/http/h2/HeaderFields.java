package io.expressgateway.http.h2;

import io.expressgateway.message.GrpcKind;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.snapshot.ListenerSpec.UnderscoreHeaders;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies header fields between the codec and a {@link HeaderBlock}, as bytes, with the rules of RFC
 * 9113 section 8.2 checked on the way in. Pseudo-headers are the caller's. Any thread; the block
 * belongs to the caller.
 */
final class HeaderFields {

  /** Why received fields are refused. */
  enum Fault {
    /** RFC 9113 section 8.2: a name or value that no message may hold. */
    MALFORMED,
    /** More fields than the limit, each cookie crumb counted. */
    TOO_MANY,
    /** A name holds an underscore and the policy refuses that. */
    UNDERSCORE
  }

  private static final HeaderName[] NAMES = HeaderName.values();
  private static final AsciiString[] LOWER = lowerNames();
  private static final AsciiString TRAILERS = AsciiString.cached("trailers");
  private static final boolean[] NAME_BYTE = nameBytes();

  private HeaderFields() {}

  private static AsciiString[] lowerNames() {
    AsciiString[] lower = new AsciiString[NAMES.length];
    for (int i = 0; i < NAMES.length; i++) {
      lower[i] = AsciiString.cached(NAMES[i].text().toLowerCase(Locale.ROOT));
    }
    return lower;
  }

  /** RFC 9110 section 5.6.2 tokens without upper case (RFC 9113 section 8.2.1). */
  private static boolean[] nameBytes() {
    boolean[] allowed = new boolean[256];
    for (int c = 0; c < allowed.length; c++) {
      allowed[c] =
          (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
    return allowed;
  }

  /**
   * Adds all fields but the pseudo-headers to {@code to}; cookie crumbs become one field (RFC 9113
   * section 8.2.3).
   *
   * @param maxFields how many may come, crumbs counted one by one
   * @return what is wrong, or null; after a fault the block holds what came before it
   */
  static @Nullable Fault read(
      Http2Headers from, HeaderBlock to, int maxFields, UnderscoreHeaders underscore) {
    int count = 0;
    int crumbs = 0;
    for (Map.Entry<CharSequence, CharSequence> field : from) {
      AsciiString name = AsciiString.of(field.getKey());
      if (isPseudo(name)) {
        continue;
      }
      if (++count > maxFields) {
        return Fault.TOO_MANY;
      }
      AsciiString value = AsciiString.of(field.getValue());
      int kind = nameKind(name);
      if (kind < 0 || !isValue(value)) {
        return Fault.MALFORMED;
      }
      if (kind > 0 && underscore != UnderscoreHeaders.ALLOW) {
        if (underscore == UnderscoreHeaders.REJECT) {
          return Fault.UNDERSCORE;
        }
        continue;
      }
      if (name.contentEquals(LOWER[HeaderName.COOKIE.ordinal()])) {
        crumbs++;
        continue;
      }
      HeaderName id = append(to, name, value);
      if (isConnectionSpecific(id) || (id == HeaderName.TE && !isTrailers(value))) {
        return Fault.MALFORMED;
      }
    }
    if (crumbs > 0) {
      joinCookie(from, to);
    }
    return null;
  }

  /** Adds the content type if it is one of gRPC's: its client wants another kind of answer. */
  static void readGrpcKind(Http2Headers from, HeaderBlock to) {
    CharSequence type = from.get(LOWER[HeaderName.CONTENT_TYPE.ordinal()]);
    if (type != null && isValue(AsciiString.of(type))) {
      HeaderBlock only = new HeaderBlock(128, 1);
      only.add(HeaderName.CONTENT_TYPE, type.toString());
      GrpcKind kind = GrpcKind.of(only);
      if (kind != GrpcKind.NONE) {
        to.add(HeaderName.CONTENT_TYPE, kind.text());
      }
    }
  }

  /** Whether a name is a pseudo-header's, known or not. */
  static boolean isPseudo(AsciiString name) {
    return !name.isEmpty() && name.byteAt(0) == ':';
  }

  /** -1 for no name, 1 for a name with an underscore, else 0. */
  private static int nameKind(AsciiString name) {
    int length = name.length();
    if (length == 0) {
      return -1;
    }
    byte[] bytes = name.array();
    int end = name.arrayOffset() + length;
    int kind = 0;
    for (int i = name.arrayOffset(); i < end; i++) {
      if (!NAME_BYTE[bytes[i] & 0xff]) {
        return -1;
      }
      if (bytes[i] == '_') {
        kind = 1;
      }
    }
    return kind;
  }

  /** RFC 9113 section 8.2.1 and the other controls that HTTP/1.1 could not carry on. */
  private static boolean isValue(AsciiString value) {
    int length = value.length();
    if (length == 0) {
      return true;
    }
    byte[] bytes = value.array();
    int from = value.arrayOffset();
    int end = from + length;
    for (int i = from; i < end; i++) {
      int b = bytes[i] & 0xff;
      if ((b < 0x20 && b != '\t') || b == 0x7f) {
        return false;
      }
    }
    return !isSpace(bytes[from]) && !isSpace(bytes[end - 1]);
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t';
  }

  /** RFC 9113 section 8.2.2. */
  private static boolean isConnectionSpecific(HeaderName name) {
    return switch (name) {
      case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE -> true;
      default -> false;
    };
  }

  private static boolean isTrailers(AsciiString value) {
    return value.contentEqualsIgnoreCase(TRAILERS);
  }

  private static HeaderName append(HeaderBlock to, AsciiString name, AsciiString value) {
    int nameAt = to.reserve(name.length() + value.length());
    int valueAt = nameAt + name.length();
    copy(name, to.array(), nameAt);
    copy(value, to.array(), valueAt);
    return to.index(nameAt, name.length(), valueAt, value.length(), 0);
  }

  private static void copy(AsciiString from, byte[] to, int at) {
    System.arraycopy(from.array(), from.arrayOffset(), to, at, from.length());
  }

  private static void joinCookie(Http2Headers from, HeaderBlock to) {
    AsciiString name = LOWER[HeaderName.COOKIE.ordinal()];
    int nameAt = to.reserve(name.length());
    copy(name, to.array(), nameAt);
    int valueAt = to.used();
    for (Map.Entry<CharSequence, CharSequence> field : from) {
      if (!name.contentEquals(field.getKey())) {
        continue;
      }
      if (to.used() > valueAt) {
        int separator = to.reserve(2);
        to.array()[separator] = ';';
        to.array()[separator + 1] = ' ';
      }
      AsciiString crumb = AsciiString.of(field.getValue());
      int at = to.reserve(crumb.length());
      copy(crumb, to.array(), at);
    }
    to.index(nameAt, name.length(), valueAt, to.used() - valueAt, 0);
  }

  /**
   * Adds all fields of {@code from} that HTTP/2 carries, names in lower case; what is specific to a
   * connection stays behind (RFC 9113 section 8.2.2), and {@code te} goes only as {@code trailers}.
   *
   * <p>Everything is copied: the codec keeps names and values in its dynamic table for later
   * messages, while a block's array is reused for the next one.
   */
  static void write(HeaderBlock from, Http2Headers to) {
    int size = from.size();
    for (int i = 0; i < size; i++) {
      HeaderName id = from.id(i);
      if (isConnectionSpecific(id)
          || id == HeaderName.HTTP2_SETTINGS
          || (id == HeaderName.TE && !from.valueEqualsIgnoreCase(i, "trailers"))) {
        continue;
      }
      AsciiString value =
          new AsciiString(from.array(), from.valueOffset(i), from.valueLength(i), true);
      to.add(id == HeaderName.OTHER ? lower(from, i) : LOWER[id.ordinal()], value);
    }
  }

  private static AsciiString lower(HeaderBlock from, int i) {
    int at = from.nameOffset(i);
    int length = from.nameLength(i);
    byte[] bytes = from.array();
    for (int k = at; k < at + length; k++) {
      if (bytes[k] >= 'A' && bytes[k] <= 'Z') {
        return new AsciiString(bytes, at, length, false).toLowerCase();
      }
    }
    return new AsciiString(bytes, at, length, true);
  }
}
