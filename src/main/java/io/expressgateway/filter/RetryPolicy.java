package io.expressgateway.filter;

import java.time.Duration;
import java.util.Set;

/**
 * When another try is made after a response or a failure. A failure before any byte of the request
 * was sent is always retryable and needs no policy; the cluster's retry budget limits both.
 *
 * @param retries further tries beyond the first
 * @param methods methods that may be repeated once bytes were sent
 * @param statuses response statuses that count as failure
 * @param onFailure whether a reset or a time-out counts as failure too
 * @param firstBackoff wait before the first further try; zero for none
 * @param maxBackoff the longest wait; zero for no such limit
 * @param factor how much the wait grows from try to try
 * @param basedOnPreviousValue whether it grows from the wait before, jitter included, or from the
 *     first
 * @param jitter by which part of itself a wait may be shorter or longer, 0 to 1
 * @param timeout no further try begins later than this after the first; zero for no such limit
 */
public record RetryPolicy(
    int retries,
    Set<String> methods,
    Set<Integer> statuses,
    boolean onFailure,
    Duration firstBackoff,
    Duration maxBackoff,
    int factor,
    boolean basedOnPreviousValue,
    double jitter,
    Duration timeout) {

  /** A policy without jitter and without a limit on the whole. */
  public RetryPolicy(
      int retries,
      Set<String> methods,
      Set<Integer> statuses,
      boolean onFailure,
      Duration firstBackoff,
      Duration maxBackoff,
      int factor) {
    this(
        retries,
        methods,
        statuses,
        onFailure,
        firstBackoff,
        maxBackoff,
        factor,
        true,
        0,
        Duration.ZERO);
  }

  /**
   * The wait before a further try. Grows by {@link #factor}, is then limited, and then spread by
   * jitter without leaving the limits again.
   *
   * @param retry 1 for the first further try
   * @param previous the wait before the last further try; zero for the first
   * @param random from 0 to 1, both included
   */
  public Duration backoff(int retry, Duration previous, double random) {
    if (firstBackoff.isZero()) {
      return Duration.ZERO;
    }
    double first = firstBackoff.toNanos();
    double grown =
        basedOnPreviousValue
            ? Math.max(first, (double) previous.toNanos() * factor)
            : first * Math.pow(factor, retry - 1);
    double max = maxBackoff.isZero() ? Long.MAX_VALUE : maxBackoff.toNanos();
    double wait = Math.min(grown, max);
    double spread = wait * jitter * (2 * random - 1);
    return Duration.ofNanos((long) Math.min(Math.max(wait + spread, Math.min(first, max)), max));
  }
}
