package io.expressgateway.filter;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Percent-encoding (RFC 3986 section 2.1) of UTF-8. */
final class PercentCode {

  private static final String HEX = "0123456789ABCDEF";

  private PercentCode() {}

  /** Appends a byte as it is when it is a letter, a digit or in {@code allowed}, else escaped. */
  static void append(StringBuilder to, byte b, String allowed) {
    char c = (char) (b & 0xff);
    boolean plain =
        (c >= 'a' && c <= 'z')
            || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9')
            || allowed.indexOf(c) >= 0;
    if (plain) {
      to.append(c);
    } else {
      to.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
    }
  }

  /** Encodes everything but RFC 3986's unreserved characters. */
  static String encode(String text) {
    StringBuilder encoded = new StringBuilder(text.length() + 8);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      append(encoded, b, "-._~");
    }
    return encoded.toString();
  }

  /**
   * Decodes a query component: escapes, and a plus sign as a space (the HTML form rule). A percent
   * sign that begins no escape stands for itself.
   */
  static String decodeForm(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(raw.length);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '+') {
        decoded.write(' ');
      } else if (isEscape(raw, i)) {
        decoded.write(Character.digit(raw[i + 1], 16) << 4 | Character.digit(raw[i + 2], 16));
        i += 2;
      } else {
        decoded.write(raw[i]);
      }
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }

  private static boolean isEscape(byte[] raw, int i) {
    return raw[i] == '%'
        && i + 2 < raw.length
        && Character.digit(raw[i + 1], 16) >= 0
        && Character.digit(raw[i + 2], 16) >= 0;
  }

  /** Whether an escape begins at {@code i}. */
  static boolean isEscape(String text, int i) {
    return text.charAt(i) == '%'
        && i + 2 < text.length()
        && Character.digit(text.charAt(i + 1), 16) >= 0
        && Character.digit(text.charAt(i + 2), 16) >= 0;
  }
}
