package io.expressgateway.http.proxy;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.filter.HttpFilter;
import io.expressgateway.route.Route;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route made ready: filters built, cluster found, metadata read. One per route and snapshot,
 * shared by all loops.
 */
public final class RoutePlan {

  /** One for all plans without: with thousands of routes an array of its own is a cache miss. */
  private static final HttpFilter[] NO_FILTERS = {};

  private final Route route;
  private final @Nullable Cluster cluster;
  private final HttpFilter[] filters;
  private final boolean hasBodyFilters;
  private final RouteTimeouts timeouts;

  /**
   * @param cluster null for a route whose filters always answer ({@code no://op})
   */
  public RoutePlan(
      Route route, @Nullable Cluster cluster, List<HttpFilter> filters, RouteTimeouts timeouts) {
    this.route = route;
    this.cluster = cluster;
    this.filters = filters.isEmpty() ? NO_FILTERS : filters.toArray(HttpFilter[]::new);
    this.hasBodyFilters = filters.stream().anyMatch(filter -> !filter.isHeadOnly());
    this.timeouts = timeouts;
  }

  /** The facts. */
  public Route route() {
    return route;
  }

  /** Where it goes; null when nowhere. */
  public @Nullable Cluster cluster() {
    return cluster;
  }

  HttpFilter[] filters() {
    return filters;
  }

  boolean hasBodyFilters() {
    return hasBodyFilters;
  }

  RouteTimeouts timeouts() {
    return timeouts;
  }
}
