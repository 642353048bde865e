package io.expressgateway.http.upstream;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.http.proxy.UpstreamSource;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.tls.ClientTls;
import io.netty.bootstrap.Bootstrap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The pools of one event loop, one per endpoint. Confined to the loop. */
public final class LoopPools implements UpstreamSource {

  private final Worker worker;
  private final Bootstrap bootstrap;
  private final int loops;
  private final IdentityHashMap<Endpoint, EndpointConnections> pools = new IdentityHashMap<>();
  private final IdentityHashMap<Cluster, ClientTls> secured = new IdentityHashMap<>();

  // Whose cluster has changed its protocol, until their exchanges have ended.
  private final List<EndpointConnections> leaving = new ArrayList<>();

  /**
   * @param loops how many loops share the clusters' limits
   * @param bootstrap channel type and options of upstream connections
   */
  public LoopPools(Worker worker, Bootstrap bootstrap, int loops) {
    this.worker = worker;
    this.bootstrap = bootstrap;
    this.loops = loops;
  }

  @Override
  public void acquire(
      Cluster cluster, Endpoint endpoint, boolean fresh, long connectTimeoutNanos, Waiter waiter) {
    EndpointConnections pool = pools.get(endpoint);
    if (pool != null && pool.protocol() != cluster.spec().protocol()) {
      // A request of the new snapshot may come before retain does.
      leave(endpoint, pool);
      pool = null;
    }
    if (pool == null) {
      pool = open(cluster, new Connector(worker, endpoint, bootstrap));
      pools.put(endpoint, pool);
    }
    pool.acquire(fresh, connectTimeoutNanos, waiter);
  }

  private void leave(Endpoint endpoint, EndpointConnections pool) {
    pools.remove(endpoint);
    pool.retire();
    leaving.add(pool);
  }

  private EndpointConnections open(Cluster cluster, Connector connector) {
    ClusterSpec.Pool limits = cluster.spec().pool();
    EndpointConnections pool =
        switch (cluster.spec().protocol()) {
          // A filter can make up the address of a cluster that relays use; routes cannot name one.
          case HTTP1, TCP, UDP -> new EndpointPool(worker, connector, limits, loops);
          case HTTP2 -> new StreamPool(worker, connector, limits, loops);
        };
    pool.tls(tls(cluster));
    return pool;
  }

  /** The cluster's contexts, made anew when its TLS has changed; null for clear text. */
  private @Nullable ClientTls tls(Cluster cluster) {
    ClientTls tls = ClientTls.renewed(cluster.spec(), secured.get(cluster));
    if (tls == null) {
      secured.remove(cluster);
    } else {
      secured.put(cluster, tls);
    }
    return tls;
  }

  /** Closes what has been idle or open for too long. Called once a second. */
  public void sweep(long nowNanos) {
    leaving.removeIf(EndpointConnections::isEmpty);
    for (Iterator<EndpointConnections> all = pools.values().iterator(); all.hasNext(); ) {
      EndpointConnections pool = all.next();
      pool.sweep(nowNanos);
      if (pool.isEmpty()) {
        all.remove();
      }
    }
  }

  /** A new snapshot serves: pools get its limits, those of endpoints that are gone are retired. */
  public void retain(Collection<Cluster> clusters) {
    Set<Endpoint> known = java.util.Collections.newSetFromMap(new IdentityHashMap<>());
    for (Cluster cluster : clusters) {
      for (Endpoint endpoint : cluster.endpoints()) {
        known.add(endpoint);
        EndpointConnections pool = pools.get(endpoint);
        if (pool != null && pool.protocol() != cluster.spec().protocol()) {
          leave(endpoint, pool);
        } else if (pool != null) {
          pool.limits(cluster.spec().pool());
          pool.tls(tls(cluster));
        }
      }
    }
    for (EndpointConnections pool : pools.values()) {
      if (!known.contains(pool.endpoint())) {
        pool.retire();
      }
    }
    secured.keySet().retainAll(clusters);
  }

  /** Adds active, idle and pending counts of a cluster's pools to {@code counts}. */
  public void count(Cluster cluster, int[] counts) {
    for (Endpoint endpoint : cluster.endpoints()) {
      EndpointConnections pool = pools.get(endpoint);
      if (pool != null) {
        counts[0] += pool.activeCount();
        counts[1] += pool.idleCount();
        counts[2] += pool.pendingCount();
      }
    }
  }

  /** Closes all idle connections. */
  public void close() {
    for (EndpointConnections pool : pools.values()) {
      pool.closeIdle();
    }
    leaving.forEach(EndpointConnections::closeIdle);
  }
}
