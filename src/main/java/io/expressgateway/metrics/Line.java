package io.expressgateway.metrics;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One log line under construction: bytes in an array that is reused. Whatever a client sent is
 * escaped, so that it can neither end the line nor leave its quotes. Confined to one event loop.
 */
final class Line {

  /** The longest text of one field; the rest of it is cut. */
  static final int MOST_CHARACTERS = 4096;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[1024];
  private int length;

  void clear() {
    length = 0;
  }

  byte[] array() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Text of our own: ASCII that needs no escape. */
  @SuppressWarnings("deprecation") // getBytes(int, int, byte[], int): the low bytes, no copy
  void ascii(String text) {
    int count = text.length();
    room(count);
    text.getBytes(0, count, bytes, length);
    length += count;
  }

  void raw(byte[] text) {
    room(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
  }

  void raw(char c) {
    room(1);
    bytes[length++] = (byte) c;
  }

  /** Text that came from a peer, escaped as the inside of a JSON string, ASCII only. */
  void json(String text) {
    escaped(text, true);
  }

  /** Text that came from a peer, escaped with {@code \xhh} as Apache's log does, ASCII only. */
  void quoted(String text) {
    escaped(text, false);
  }

  @SuppressWarnings("deprecation") // as in ascii: then every byte is looked at, and few need more
  private void escaped(String text, boolean json) {
    int count = Math.min(text.length(), MOST_CHARACTERS);
    room(count);
    int from = length;
    text.getBytes(0, count, bytes, from);
    for (int i = 0; i < count; i++) {
      byte b = bytes[from + i];
      if (b < 0x20 || b == '"' || b == '\\' || b == 0x7f) {
        length = from + i;
        escapeRest(text, i, count, json);
        return;
      }
    }
    length = from + count;
    // A character beyond ISO-8859-1 shows as its low byte; peers send bytes, so there is none.
  }

  private void escapeRest(String text, int from, int to, boolean json) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        raw('\\');
        raw(c);
      } else if (c >= 0x20 && c < 0x7f) {
        raw(c);
      } else if (json) {
        ascii("\\u");
        hex(c >> 8);
        hex(c);
      } else {
        ascii("\\x");
        hex(c > 0xff ? '?' : c);
      }
    }
  }

  private void hex(int value) {
    room(2);
    bytes[length++] = HEX[value >> 4 & 15];
    bytes[length++] = HEX[value & 15];
  }

  void number(long value) {
    room(20);
    if (value < 0) {
      bytes[length++] = '-';
    }
    long rest = value < 0 ? -value : value;
    int digits = 1;
    for (long limit = 10; digits < 19 && rest >= limit; limit *= 10) {
      digits++;
    }
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
  }

  /** Exactly this many digits, with leading zeros. */
  void digits(int value, int count) {
    room(count);
    int rest = value;
    for (int i = length + count - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += count;
  }

  /** Nanoseconds as milliseconds with three decimals. */
  void millis(long nanos) {
    long micros = Math.max(0, nanos) / 1000;
    number(micros / 1000);
    raw('.');
    digits((int) (micros % 1000), 3);
  }

  private void room(int count) {
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }
}
