package io.expressgateway.http.proxy;

import java.util.Map;

/**
 * A route's time-outs in nanoseconds, from its metadata; 0 where the metadata says nothing, so that
 * cluster and listener decide.
 *
 * @param connectNanos {@code connect-timeout}, milliseconds as in Spring Cloud Gateway
 * @param responseNanos {@code response-timeout}, milliseconds; -1 when switched off by a negative
 *     value, as there
 * @param perTryNanos {@code per-try-timeout}
 * @param totalNanos {@code total-timeout}
 * @param tunnelIdleNanos {@code tunnel-idle-timeout}
 * @param maxBodyBytes {@code max-body-size}
 * @param grpcMaxDeadlineNanos {@code grpc-max-deadline}; -1 when switched off
 */
public record RouteTimeouts(
    long connectNanos,
    long responseNanos,
    long perTryNanos,
    long totalNanos,
    long tunnelIdleNanos,
    long maxBodyBytes,
    long grpcMaxDeadlineNanos) {

  /** Nothing set. */
  public static final RouteTimeouts NONE = new RouteTimeouts(0, 0, 0, 0, 0, 0, 0);

  /**
   * Reads a route's metadata, in which configuration has brought these keys to {@link Long}
   * milliseconds and bytes.
   *
   * @throws IllegalStateException when a value is something else
   */
  public static RouteTimeouts of(Map<String, Object> metadata) {
    if (metadata.isEmpty()) {
      return NONE;
    }
    return new RouteTimeouts(
        nanos(metadata, "connect-timeout"),
        nanos(metadata, "response-timeout"),
        nanos(metadata, "per-try-timeout"),
        nanos(metadata, "total-timeout"),
        nanos(metadata, "tunnel-idle-timeout"),
        number(metadata, "max-body-size"),
        nanos(metadata, "grpc-max-deadline"));
  }

  private static long nanos(Map<String, Object> metadata, String key) {
    long millis = number(metadata, key);
    return millis < 0 ? -1 : Math.multiplyExact(millis, 1_000_000L);
  }

  private static long number(Map<String, Object> metadata, String key) {
    return switch (metadata.get(key)) {
      case null -> 0;
      case Long number -> number;
      case Object other ->
          throw new IllegalStateException(
              "metadata " + key + " is " + other + ", a " + other.getClass().getName());
    };
  }
}
