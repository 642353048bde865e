package io.expressgateway.cluster;

/** Follows who takes new work of a cluster. */
@FunctionalInterface
public interface ClusterObserver {

  /**
   * Shares, endpoints or their addresses are others now. Called by whoever changed them, an event
   * loop among them, and with the cluster's lock held: takes a note and returns, and reads the
   * cluster later. May be called when nothing has changed.
   */
  void onChange(Cluster cluster);
}
