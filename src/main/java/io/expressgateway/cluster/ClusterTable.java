package io.expressgateway.cluster;

import io.expressgateway.health.HealthListener;
import io.expressgateway.net.HostPort;
import io.expressgateway.net.Ticker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The live clusters: those of the snapshot, which keep their state from one to the next, and those
 * made for addresses that filters made up. Publishing threads and event loops meet here: what is
 * configured changes under the table's lock, {@link #all} is one volatile read.
 */
public final class ClusterTable {

  /** Clusters made for addresses that filters made up; more than this are refused. */
  private static final int MAX_AD_HOC_CLUSTERS = 256;

  private final HealthListener healthListener;
  private final Map<HostPort, Cluster> adHoc = new ConcurrentHashMap<>();
  private volatile Map<String, Cluster> configured = Map.of();
  private volatile List<Cluster> all = List.of();

  /** An empty table whose clusters tell {@code healthListener} about their endpoints. */
  public ClusterTable(HealthListener healthListener) {
    this.healthListener = healthListener;
  }

  /** Configured and made-up clusters, as of the last {@link #publish} or {@link #adHoc}. */
  public List<Cluster> all() {
    return all;
  }

  /**
   * Takes over these clusters; known ones are updated and keep their endpoints' state. Called by
   * one thread at a time.
   */
  public void update(List<ClusterSpec> specs) {
    Map<String, Cluster> next = new LinkedHashMap<>();
    for (ClusterSpec spec : specs) {
      Cluster known = configured(spec.name());
      if (known == null) {
        known = Cluster.create(spec, Ticker.SYSTEM, healthListener);
      } else {
        known.update(spec);
      }
      next.put(spec.name(), known);
    }
    configured = Collections.unmodifiableMap(next);
  }

  /** The configured cluster of this name. */
  public @Nullable Cluster configured(String name) {
    return configured.get(name);
  }

  /**
   * The cluster of an address that a filter made up, if there is one already: the configured one of
   * that name, as for a route's uri, else one that was made up before.
   */
  public @Nullable Cluster known(HostPort address) {
    Cluster named = configured(address.toString());
    return named == null ? adHoc.get(address) : named;
  }

  /** Makes the cluster of an address that a filter made up; null when there are too many. */
  public @Nullable Cluster adHoc(HostPort address) {
    if (adHoc.size() >= MAX_AD_HOC_CLUSTERS) {
      return adHoc.get(address);
    }
    Cluster made =
        adHoc.computeIfAbsent(
            address,
            missing ->
                Cluster.create(ClusterSpec.implicit(missing), Ticker.SYSTEM, healthListener));
    publish();
    return made;
  }

  /** Makes what there is now the answer of {@link #all}, and returns it. */
  public synchronized List<Cluster> publish() {
    List<Cluster> clusters = new ArrayList<>(configured.values());
    // A name that was made up may have been configured since.
    adHoc.forEach((address, cluster) -> {
      if (configured(address.toString()) == null) {
        clusters.add(cluster);
      }
    });
    all = List.copyOf(clusters);
    return all;
  }
}
