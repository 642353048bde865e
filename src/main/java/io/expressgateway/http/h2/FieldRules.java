package io.expressgateway.http.h2;

import io.expressgateway.message.HeaderName;
import java.util.Arrays;

/** What a field may be in HTTP/2 (RFC 9113 sections 8.2 and 8.3), found out once per field. */
final class FieldRules {

  private static final boolean[] NAME_BYTE = nameBytes();
  private static final byte[] TRAILERS = {'t', 'r', 'a', 'i', 'l', 'e', 'r', 's'};

  private FieldRules() {}

  /** RFC 9110 section 5.6.2 tokens without upper case (RFC 9113 section 8.2.1). */
  private static boolean[] nameBytes() {
    boolean[] allowed = new boolean[256];
    for (int c = 0; c < allowed.length; c++) {
      allowed[c] =
          (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
    return allowed;
  }

  /** A field with its id and traits; keeps {@code line}. */
  static Field field(byte[] line, int nameLength, int valueLength) {
    HeaderName id = HeaderName.of(line, 0, nameLength);
    return new Field(line, nameLength, valueLength, id, traits(line, nameLength, valueLength, id));
  }

  /** The traits of a line {@code name: value CRLF} that begins at 0. */
  static int traits(byte[] line, int nameLength, int valueLength, HeaderName id) {
    int traits = name(line, nameLength);
    int valueAt = nameLength + 2;
    if (!isValue(line, valueAt, valueLength)
        || isConnectionSpecific(id)
        || (id == HeaderName.TE && !isTrailers(line, valueAt, valueLength))) {
      traits |= Field.MALFORMED;
    }
    return id == HeaderName.COOKIE ? traits | Field.COOKIE : traits;
  }

  private static int name(byte[] line, int length) {
    if (length == 0) {
      return Field.MALFORMED;
    }
    int traits = Field.PLAIN;
    int from = 0;
    if (line[0] == ':') {
      traits = Field.PSEUDO;
      from = 1;
    }
    for (int i = from; i < length; i++) {
      byte b = line[i];
      if (!NAME_BYTE[b & 0xff]) {
        return traits | Field.MALFORMED;
      }
      if (b == '_') {
        traits |= Field.UNDERSCORE;
      }
    }
    return traits;
  }

  /** RFC 9113 section 8.2.1, and the other controls, which HTTP/1.1 could not carry on. */
  private static boolean isValue(byte[] bytes, int from, int length) {
    if (length == 0) {
      return true;
    }
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
  static boolean isConnectionSpecific(HeaderName name) {
    return switch (name) {
      case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE -> true;
      default -> false;
    };
  }

  private static boolean isTrailers(byte[] bytes, int from, int length) {
    if (Arrays.equals(bytes, from, from + length, TRAILERS, 0, TRAILERS.length)) {
      return true;
    }
    for (int i = 0; i < length; i++) {
      if (length != TRAILERS.length || lower(bytes[from + i]) != TRAILERS[i]) {
        return false;
      }
    }
    return length > 0;
  }

  static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
  }
}
