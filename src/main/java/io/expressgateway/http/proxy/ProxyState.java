package io.expressgateway.http.proxy;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.net.HostPort;
import io.expressgateway.route.RouteMatch;
import io.expressgateway.route.RouteRequest;
import io.expressgateway.route.RouteTable;
import io.expressgateway.snapshot.Snapshot;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot made ready to serve: the route table and, by route position, what each route does.
 * Immutable; a request reads it once and ends under it.
 */
public final class ProxyState {

  private final Snapshot snapshot;
  private final RouteTable table;
  private final RoutePlan[] plans;
  private final Function<HostPort, @Nullable Cluster> adHoc;
  private final LocalService localService;

  /**
   * @param plans in the order of {@link RouteTable#routes()}
   * @param adHoc the cluster for an address that a filter made up; null when there are too many
   * @param localService what is answered without a route
   */
  public ProxyState(
      Snapshot snapshot,
      RouteTable table,
      RoutePlan[] plans,
      Function<HostPort, @Nullable Cluster> adHoc,
      LocalService localService) {
    this.snapshot = snapshot;
    this.table = table;
    this.plans = plans.clone();
    this.adHoc = adHoc;
    this.localService = localService;
  }

  /** The facts. */
  public Snapshot snapshot() {
    return snapshot;
  }

  /** How many routes every request is tested against. */
  public int unindexedRoutes() {
    return table.unindexedRoutes();
  }

  LocalService localService() {
    return localService;
  }

  @Nullable RouteMatch match(RouteRequest request) {
    return table.match(request);
  }

  /** What is wrong with the API version of a request that a route matched; null for nothing. */
  @Nullable String versionProblem(RouteRequest request) {
    return table.versionProblem(request);
  }

  RoutePlan plan(RouteMatch match) {
    return plans[match.position()];
  }

  @Nullable Cluster adHocCluster(HostPort address) {
    return adHoc.apply(address);
  }
}
