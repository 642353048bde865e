package io.expressgateway.stream.udp;

/**
 * Where the figures of UDP relays go. Every method is called on an event loop, must not block,
 * throw or allocate in proportion to traffic.
 */
public interface UdpMetrics {

  /** Discards everything. */
  UdpMetrics NONE = new UdpMetrics() {};

  /** A session has begun. */
  default void onSessionStart(int loop, String listener) {}

  /** A session has ended. */
  default void onSessionEnd(int loop, UdpSessionRecord session) {}

  /** Datagrams of a client were passed on: one call per session and turn of the loop. */
  default void onReceived(int loop, String listener, long datagrams, long bytes) {}

  /** Datagrams of an endpoint were passed on: one call per session and turn of the loop. */
  default void onSent(int loop, String listener, long datagrams, long bytes) {}

  /** A datagram was not passed on. */
  default void onDropped(int loop, String listener, UdpDrop reason) {}

  /** A session has lost its endpoint and goes on with the next one. */
  default void onEndpointLost(int loop, String cluster, String endpoint) {}

  /** An exception left a handler and was contained. */
  default void onContainedException(int loop, Throwable cause) {}
}
