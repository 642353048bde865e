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
 * @param maxBackoff the longest wait
 * @param factor how much the wait grows from try to try
 */
public record RetryPolicy(
    int retries,
    Set<String> methods,
    Set<Integer> statuses,
    boolean onFailure,
    Duration firstBackoff,
    Duration maxBackoff,
    int factor) {}
