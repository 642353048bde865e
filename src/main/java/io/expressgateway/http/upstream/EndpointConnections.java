package io.expressgateway.http.upstream;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.http.proxy.UpstreamSource.Waiter;
import io.expressgateway.tls.ClientTls;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one endpoint, in the way of one protocol. What each loop may
 * open is its share of the cluster's limit. Confined to the loop.
 */
interface EndpointConnections {

  /** Whom they lead to. */
  Endpoint endpoint();

  /** What they speak. */
  ClusterSpec.Protocol protocol();

  /** New limits hold from now on. */
  void limits(ClusterSpec.Pool limits);

  /**
   * New connections are secured like this, null for clear text; those that were secured otherwise
   * take no further exchange.
   */
  void tls(@Nullable ClientTls tls);

  /**
   * Asks for a stream, as {@link io.expressgateway.http.proxy.UpstreamSource#acquire} has it.
   *
   * @param fresh whether a connection that may be stale must not be used
   */
  void acquire(boolean fresh, long connectTimeoutNanos, Waiter waiter);

  /** Connections that carry an exchange or are being opened. */
  int activeCount();

  /** Connections that carry none. */
  int idleCount();

  /** Exchanges that wait for a connection. */
  int pendingCount();

  /** Closes what has been idle or open for too long. Called once a second. */
  void sweep(long nowNanos);

  /** The endpoint is gone from the configuration: nothing is reused any more. */
  void retire();

  /** Closes all idle connections. */
  void closeIdle();

  /** Whether there is nothing left to keep. */
  boolean isEmpty();
}
