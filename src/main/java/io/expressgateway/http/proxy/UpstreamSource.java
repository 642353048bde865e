package io.expressgateway.http.proxy;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.http.Why;

/** Where an exchange gets its upstream streams: the pools of its event loop. */
public interface UpstreamSource {

  /**
   * Asks for a stream to {@code endpoint}. Answers through {@code waiter}, at once or later, on the
   * same loop.
   *
   * @param fresh whether a pooled connection must not be used
   * @param connectTimeoutNanos bounds connecting and waiting for a free connection
   */
  void acquire(
      Cluster cluster, Endpoint endpoint, boolean fresh, long connectTimeoutNanos, Waiter waiter);

  /** Who waits for a stream. */
  interface Waiter {

    /** The stream is there and already belongs to the waiter. */
    void onUpstreamReady(Upstream upstream);

    /** There will be no stream. */
    void onUpstreamUnavailable(Why why);

    /**
     * All connections are busy and the waiter stands in the queue. Called before {@link #acquire}
     * returns; one of the two methods above follows, unless the waiter leaves.
     */
    void onUpstreamQueued(Place place);

    /** Whether anybody still waits; asked when a connection that was opened for it is there. */
    boolean isWaiting();
  }

  /** A place in the queue for a connection. */
  interface Place {

    /** Gives the place up: the waiter is told nothing more. Called while it stands in the queue. */
    void leave();
  }
}
