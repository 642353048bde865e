package io.expressgateway.snapshot;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.limit.Rules;
import io.expressgateway.route.Route;
import io.expressgateway.route.VersionSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Everything that a data plane needs to know, validated as a whole and never changed.
 *
 * @param version 1 for the first, one more for each that replaced it
 * @param hash of the content, so that an equal configuration is recognised
 * @param loadedAt when it was made
 * @param listeners in configuration order
 * @param clusters configured and implicit ones
 * @param routes in the order in which they are tried
 * @param drain how a stop goes
 * @param apiVersion how requests state their API version, for the Version predicate
 * @param hostIncludesPort whether the Host predicate sees the port as well
 * @param security how strict each rule of the security catalogue is
 * @param xdp what the kernel forwards
 */
public record Snapshot(
    long version,
    String hash,
    Instant loadedAt,
    List<ListenerSpec> listeners,
    List<ClusterSpec> clusters,
    List<Route> routes,
    Drain drain,
    VersionSettings apiVersion,
    boolean hostIncludesPort,
    Rules security,
    XdpSpec xdp) {

  /** A snapshot whose predicates and rules use the defaults. */
  public Snapshot(
      long version,
      String hash,
      Instant loadedAt,
      List<ListenerSpec> listeners,
      List<ClusterSpec> clusters,
      List<Route> routes,
      Drain drain) {
    this(
        version,
        hash,
        loadedAt,
        listeners,
        clusters,
        routes,
        drain,
        VersionSettings.NONE,
        true,
        Rules.DEFAULTS,
        XdpSpec.OFF);
  }

  /** A snapshot by which the kernel forwards nothing. */
  public Snapshot(
      long version,
      String hash,
      Instant loadedAt,
      List<ListenerSpec> listeners,
      List<ClusterSpec> clusters,
      List<Route> routes,
      Drain drain,
      VersionSettings apiVersion,
      boolean hostIncludesPort,
      Rules security) {
    this(
        version,
        hash,
        loadedAt,
        listeners,
        clusters,
        routes,
        drain,
        apiVersion,
        hostIncludesPort,
        security,
        XdpSpec.OFF);
  }

  /** Copies the lists. */
  public Snapshot {
    listeners = List.copyOf(listeners);
    clusters = List.copyOf(clusters);
    routes = List.copyOf(routes);
  }

  /**
   * How a stop goes.
   *
   * @param settle not ready but still accepting, so that load balancers in front notice
   * @param timeout the longest wait for running exchanges
   * @param jitter the share of {@code timeout} over which idle connections are closed, at random
   */
  public record Drain(Duration settle, Duration timeout, double jitter) {}
}
