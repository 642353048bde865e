package io.expressgateway.http.upstream;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.http.proxy.UpstreamSource;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.tls.ClientTls;
import io.netty.bootstrap.Bootstrap;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The pools of one event loop, one per endpoint. Confined to the loop. */
public final class LoopPools implements UpstreamSource {

  private final Worker worker;
  private final Bootstrap bootstrap;
  private final int loops;
  private final IdentityHashMap<Endpoint, EndpointPool> pools = new IdentityHashMap<>();
  private final IdentityHashMap<Cluster, ClientTls> secured = new IdentityHashMap<>();

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
    EndpointPool pool = pools.get(endpoint);
    if (pool == null) {
      pool = new EndpointPool(worker, endpoint, cluster.spec().pool(), loops, bootstrap);
      pool.tls(tls(cluster));
      pools.put(endpoint, pool);
    }
    pool.acquire(fresh, connectTimeoutNanos, waiter);
  }

  /** The cluster's contexts, made anew when its TLS has changed; null for clear text. */
  private @Nullable ClientTls tls(Cluster cluster) {
    ClusterSpec.Tls wanted = cluster.spec().tls();
    if (wanted == null) {
      secured.remove(cluster);
      return null;
    }
    ClientTls known = secured.get(cluster);
    if (known == null || !known.spec().equals(wanted)) {
      known = ClientTls.of(wanted);
      secured.put(cluster, known);
    }
    return known;
  }

  /** Closes what has been idle or open for too long. Called once a second. */
  public void sweep(long nowNanos) {
    for (Iterator<EndpointPool> all = pools.values().iterator(); all.hasNext(); ) {
      EndpointPool pool = all.next();
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
        EndpointPool pool = pools.get(endpoint);
        if (pool != null) {
          pool.limits(cluster.spec().pool());
          pool.tls(tls(cluster));
        }
      }
    }
    for (EndpointPool pool : pools.values()) {
      if (!known.contains(pool.endpoint())) {
        pool.retire();
      }
    }
    secured.keySet().retainAll(clusters);
  }

  /** Adds active, idle and pending counts of a cluster's pools to {@code counts}. */
  public void count(Cluster cluster, int[] counts) {
    for (Endpoint endpoint : cluster.endpoints()) {
      EndpointPool pool = pools.get(endpoint);
      if (pool != null) {
        counts[0] += pool.activeCount();
        counts[1] += pool.idleCount();
        counts[2] += pool.pendingCount();
      }
    }
  }

  /** Closes all idle connections. */
  public void close() {
    for (EndpointPool pool : pools.values()) {
      pool.closeIdle();
    }
  }
}
