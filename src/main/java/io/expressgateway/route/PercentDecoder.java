package io.expressgateway.route;

import java.nio.charset.StandardCharsets;

/**
 * Percent-decoding (RFC 3986 section 2.1) of parts of a request target, as UTF-8 with replacement
 * of what is no UTF-8. A text with a malformed escape is returned as it is: it then equals nothing
 * that needs decoding, which is the strict reading.
 */
final class PercentDecoder {

  private PercentDecoder() {}

  /** Decodes {@code text[from, to)}; a plus sign stays a plus sign. */
  static String decode(String text, int from, int to) {
    return decode(text, from, to, false);
  }

  /** As {@link #decode(String, int, int)}, but a plus sign is a space: the form of a query. */
  static String decodeQuery(String text, int from, int to) {
    return decode(text, from, to, true);
  }

  private static String decode(String text, int from, int to, boolean plusIsSpace) {
    if (!needsDecoding(text, from, to, plusIsSpace)) {
      return text.substring(from, to);
    }
    byte[] bytes = new byte[(to - from) * 3];
    int used = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c == '%') {
        int value = i + 3 <= to ? escape(text, i) : -1;
        if (value < 0) {
          return text.substring(from, to);
        }
        bytes[used++] = (byte) value;
        i += 2;
      } else if (c == '+' && plusIsSpace) {
        bytes[used++] = ' ';
      } else if (c < 0x80) {
        bytes[used++] = (byte) c;
      } else {
        byte[] encoded = String.valueOf(c).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(encoded, 0, bytes, used, encoded.length);
        used += encoded.length;
      }
    }
    return new String(bytes, 0, used, StandardCharsets.UTF_8);
  }

  private static boolean needsDecoding(String text, int from, int to, boolean plusIsSpace) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c == '%' || (c == '+' && plusIsSpace)) {
        return true;
      }
    }
    return false;
  }

  private static int escape(String text, int percent) {
    int high = hex(text.charAt(percent + 1));
    int low = hex(text.charAt(percent + 2));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static int hex(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
