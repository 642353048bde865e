package io.expressgateway.http.h2;

import io.expressgateway.message.HeaderName;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One field of an HPACK table (RFC 7541 section 2.3), with everything that is known about it the
 * moment it is entered, so that a request that only names its index costs a copy. Confined to the
 * connection's event loop, but for the static table's, which are never written to.
 */
final class Field {

  /** RFC 7541 section 4.1: what a field counts besides its bytes. */
  static final int OVERHEAD = 32;

  /** Nothing is special about it. */
  static final int PLAIN = 0;

  /**
   * A name or value that no message may hold (RFC 9113 section 8.2), or a field that HTTP/2 has
   * not.
   */
  static final int MALFORMED = 1;

  /** The name holds an underscore. */
  static final int UNDERSCORE = 2;

  /** A cookie or a crumb of one (RFC 9113 section 8.2.3). */
  static final int COOKIE = 4;

  /** A pseudo-header (RFC 9113 section 8.3). */
  static final int PSEUDO = 8;

  /** The field as a line, {@code name: value CRLF}, so that it passes to HTTP/1.1 as it is. */
  final byte[] line;

  final int nameLength;
  final int valueLength;
  final HeaderName id;
  final int traits;
  private @Nullable String value;

  Field(byte[] line, int nameLength, int valueLength, HeaderName id, int traits) {
    this.line = line;
    this.nameLength = nameLength;
    this.valueLength = valueLength;
    this.id = id;
    this.traits = traits;
  }

  /** What it counts in a table or a list. */
  int size() {
    return nameLength + valueLength + OVERHEAD;
  }

  int valueOffset() {
    return nameLength + 2;
  }

  /** The value as text; made once. */
  String value() {
    String known = value;
    if (known == null) {
      known = new String(line, valueOffset(), valueLength, StandardCharsets.ISO_8859_1);
      value = known;
    }
    return known;
  }

  /** Whether the name is this pseudo-header's. */
  boolean isNamed(byte[] name) {
    return java.util.Arrays.equals(line, 0, nameLength, name, 0, name.length);
  }
}
