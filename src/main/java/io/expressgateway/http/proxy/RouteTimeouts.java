package io.expressgateway.http.proxy;

import java.time.Duration;
import java.util.Map;

/**
 * A route's time-outs in nanoseconds, from its metadata; 0 where the metadata says nothing, so that
 * cluster and listener decide.
 *
 * @param connectNanos {@code connect-timeout}, milliseconds as in Spring Cloud Gateway
 * @param responseNanos {@code response-timeout}, milliseconds or a duration; -1 when switched off
 *     by a negative value, as there
 * @param perTryNanos {@code per-try-timeout}
 * @param totalNanos {@code total-timeout}
 * @param maxBodyBytes {@code max-body-size}
 */
public record RouteTimeouts(
    long connectNanos, long responseNanos, long perTryNanos, long totalNanos, long maxBodyBytes) {

  /** Nothing set. */
  public static final RouteTimeouts NONE = new RouteTimeouts(0, 0, 0, 0, 0);

  /**
   * Reads a route's metadata; values have been validated by configuration.
   *
   * @throws IllegalArgumentException when a value is neither a number of milliseconds nor a
   *     duration
   */
  public static RouteTimeouts of(Map<String, Object> metadata) {
    if (metadata.isEmpty()) {
      return NONE;
    }
    Object size = metadata.get("max-body-size");
    return new RouteTimeouts(
        nanos(metadata, "connect-timeout"),
        nanos(metadata, "response-timeout"),
        nanos(metadata, "per-try-timeout"),
        nanos(metadata, "total-timeout"),
        size == null ? 0 : Sizes.parse(size.toString()));
  }

  private static long nanos(Map<String, Object> metadata, String key) {
    Object value = metadata.get(key);
    if (value == null) {
      return 0;
    }
    if (value instanceof Duration duration) {
      return duration.isNegative() ? -1 : duration.toNanos();
    }
    String text = value.toString().strip();
    int digits = text.startsWith("-") ? 1 : 0;
    while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    String unit = text.substring(digits);
    long factor =
        switch (unit) {
          case "", "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          default -> throw new IllegalArgumentException(key + " '" + text + "' is no duration");
        };
    long amount = Long.parseLong(text.substring(0, digits));
    return amount < 0 ? -1 : Math.multiplyExact(amount, factor);
  }

  /** Sizes as route metadata writes them: {@code 500}, {@code 10KB}, {@code 5MB}. */
  private static final class Sizes {

    static long parse(String text) {
      String upper = text.strip().toUpperCase(java.util.Locale.ROOT);
      int shift =
          upper.endsWith("GB") ? 30 : upper.endsWith("MB") ? 20 : upper.endsWith("KB") ? 10 : 0;
      String number = shift > 0 ? upper.substring(0, upper.length() - 2) : upper.replace("B", "");
      return Long.parseLong(number.strip()) << shift;
    }
  }
}
