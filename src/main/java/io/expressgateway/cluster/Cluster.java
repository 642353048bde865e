package io.expressgateway.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A cluster with its live endpoints. Contract first; the implementation lands next. */
public interface Cluster {

  /** The facts as configured. */
  ClusterSpec spec();

  /**
   * The endpoint for one try, or null when none may be used. Any thread, no lock.
   *
   * @param request hash, affinity and endpoints already tried
   */
  @Nullable Endpoint pick(PickRequest request);

  /** The endpoints in configuration order. */
  List<Endpoint> endpoints();

  /** The endpoint with this {@code host:port}, or null. */
  @Nullable Endpoint endpoint(String address);
}
