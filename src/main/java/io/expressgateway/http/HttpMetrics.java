package io.expressgateway.http;

import io.expressgateway.snapshot.Snapshot;

/**
 * Where the data plane's figures go. Every method is called on an event loop unless it says
 * otherwise, must not block, throw or allocate in proportion to traffic.
 */
public interface HttpMetrics {

  /** Discards everything. */
  HttpMetrics NONE = new HttpMetrics() {};

  /** A snapshot is about to serve. On the publishing thread, before any exchange uses it. */
  default void onSnapshot(Snapshot snapshot) {}

  /** An exchange has ended. */
  default void onExchangeEnd(ExchangeRecord exchange) {}

  /**
   * One try at an endpoint has ended.
   *
   * @param status the endpoint's; 0 when there was none
   * @param nanos request sent to response end or failure
   */
  default void onUpstreamEnd(int loop, String cluster, String endpoint, int status, long nanos) {}

  /** A failure that has a reason code, at the moment it is decided. */
  default void onFailure(int loop, String why) {}

  /**
   * A rule of the security catalogue fired.
   *
   * @param rule the rule's name, as in {@code header-timeout}
   * @param action what was done: {@code reject}, {@code close}, {@code reset}, {@code goaway},
   *     {@code strip}, {@code pause}, or {@code observed} when nothing was
   */
  default void onSecurity(int loop, String rule, String action) {}

  /** A request was saved by one replay on a fresh connection after a stale one failed. */
  default void onStaleConnectionSaved(int loop, String cluster) {}

  /** An exception left a filter or handler and was contained. */
  default void onContainedException(int loop, Throwable cause) {}

  /** Another try is made. */
  default void onRetry(int loop, String cluster, String why) {}
}
