package io.expressgateway.cluster;

import io.expressgateway.balance.LoadBalancer;
import io.expressgateway.health.OutlierPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one volatile read of a cluster shows; never changed, only replaced. */
final class ClusterView {

  final ClusterSpec spec;
  final OutlierPolicy outlier;
  final long slowStartNanos;
  final List<Endpoint> endpoints;

  final List<Share> shares;

  /** Over the endpoints that may be used; null when there is none. */
  final @Nullable LoadBalancer<Endpoint> balancer;

  final boolean panicking;

  /** Whether anything is left for {@link Cluster#tick} to do. */
  final boolean waiting;

  ClusterView(
      ClusterSpec spec,
      List<Endpoint> endpoints,
      List<Share> shares,
      @Nullable LoadBalancer<Endpoint> balancer,
      boolean panicking,
      boolean waiting) {
    this.spec = spec;
    this.outlier = policy(spec.outlier());
    this.slowStartNanos = spec.slowStart().toNanos();
    this.endpoints = endpoints;
    this.shares = shares;
    this.balancer = balancer;
    this.panicking = panicking;
    this.waiting = waiting;
  }

  static ClusterView empty(ClusterSpec spec) {
    return new ClusterView(spec, List.of(), List.of(), null, false, false);
  }

  private static OutlierPolicy policy(ClusterSpec.Outlier outlier) {
    return new OutlierPolicy(
        outlier.enabled(),
        outlier.observeOnly(),
        outlier.consecutiveFailures(),
        outlier.baseEjectionTime().toNanos(),
        outlier.maxEjectedPercent());
  }
}
