package io.expressgateway.http.grpc;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;

/**
 * The header {@code grpc-timeout}: up to eight digits and a unit (gRPC's PROTOCOL-HTTP2, rule
 * Timeout). Zero is taken although the grammar says "positive": clients whose deadline has just
 * passed send it.
 */
final class GrpcTimeout {

  /** There is no such header. */
  static final long NONE = -1;

  /** There is one, and it is no time-out; or there are several. */
  static final long MALFORMED = -2;

  /** A hundred years: more is the same, and can be added to a clock without care. */
  static final long LONGEST_NANOS = 100L * 365 * 24 * 3600 * 1_000_000_000L;

  private static final int MAX_DIGITS = 8;
  private static final long LARGEST = 99_999_999;

  private static final char[] UNITS = {'n', 'u', 'm', 'S', 'M', 'H'};
  private static final long[] UNIT_NANOS = {
    1, 1_000, 1_000_000, 1_000_000_000L, 60_000_000_000L, 3_600_000_000_000L
  };

  private GrpcTimeout() {}

  /** Nanoseconds, at most {@link #LONGEST_NANOS}; or {@link #NONE} or {@link #MALFORMED}. */
  static long read(HeaderBlock headers) {
    int field = headers.indexOf(HeaderName.GRPC_TIMEOUT);
    if (field < 0) {
      return NONE;
    }
    if (headers.indexOf(HeaderName.GRPC_TIMEOUT, field + 1) >= 0) {
      return MALFORMED;
    }
    return parse(headers.array(), headers.valueOffset(field), headers.valueLength(field));
  }

  private static long parse(byte[] bytes, int from, int length) {
    int digits = length - 1;
    if (digits < 1 || digits > MAX_DIGITS) {
      return MALFORMED;
    }
    long number = 0;
    for (int i = from; i < from + digits; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return MALFORMED;
      }
      number = number * 10 + digit;
    }
    for (int i = 0; i < UNITS.length; i++) {
      if (bytes[from + digits] == UNITS[i]) {
        return number > LONGEST_NANOS / UNIT_NANOS[i] ? LONGEST_NANOS : number * UNIT_NANOS[i];
      }
    }
    return MALFORMED;
  }

  /**
   * The header's value for this time, rounded down to the finest unit that eight digits can say.
   */
  static String text(long nanos) {
    long left = Math.max(0, nanos);
    int unit = 0;
    while (left / UNIT_NANOS[unit] > LARGEST) {
      unit++;
    }
    return Long.toString(left / UNIT_NANOS[unit]) + UNITS[unit];
  }
}
