package io.expressgateway.stream;

/**
 * Where the relays' figures go. Every method is called on an event loop, must not block, throw or
 * allocate in proportion to traffic.
 */
public interface StreamMetrics {

  /** Discards everything. */
  StreamMetrics NONE = new StreamMetrics() {};

  /** A flow has ended. */
  default void onFlowEnd(FlowRecord flow) {}

  /**
   * Bytes have passed; told while a flow runs, every few seconds, and at its end.
   *
   * @param in from the client
   * @param out from the endpoint
   */
  default void onBytes(int loop, String listener, String cluster, long in, long out) {}

  /**
   * Datagrams have passed; told like bytes.
   *
   * @param in from the client
   * @param out from the endpoint
   */
  default void onDatagrams(int loop, String listener, long in, long out) {}

  /** A datagram was not passed on, with this reason code. */
  default void onDropped(int loop, String listener, String why) {}

  /** A flow has ended early, with this reason code. */
  default void onFailure(int loop, String why) {}

  /** Another endpoint is tried. */
  default void onRetry(int loop, String cluster, String why) {}

  /**
   * A rule of the security catalogue fired.
   *
   * @param rule the rule's name, as in {@code connection-caps}
   * @param action what was done: {@code close}, {@code drop} of a datagram, or {@code observed}
   *     when nothing was
   */
  default void onSecurity(int loop, String rule, String action) {}

  /** An exception left a handler and was contained. */
  default void onContainedException(int loop, Throwable cause) {}
}
