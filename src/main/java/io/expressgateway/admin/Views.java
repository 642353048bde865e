package io.expressgateway.admin;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.plane.DataPlane.BoundListener;
import io.expressgateway.route.Route;
import io.expressgateway.snapshot.Snapshot;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;

/** The JSON bodies of the REST API: component names are the public contract. */
final class Views {

  private Views() {}

  record ListenerView(String name, String protocol, String address, int port, int connections) {
    static ListenerView of(BoundListener listener) {
      InetSocketAddress address = listener.address();
      return new ListenerView(
          listener.name(),
          listener.protocol(),
          address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress(),
          address.getPort(),
          listener.connections());
    }
  }

  record RouteView(String id, int order, String uri, String cluster, String state) {
    static RouteView of(Route route) {
      return new RouteView(route.id(), route.order(), route.uri(), route.cluster(), "active");
    }
  }

  record ClusterView(String name, String balancer, List<EndpointView> endpoints) {
    static ClusterView of(Cluster cluster) {
      return new ClusterView(
          cluster.spec().name(),
          cluster.spec().balancer(),
          cluster.endpoints().stream().map(EndpointView::of).toList());
    }
  }

  record EndpointView(
      String address,
      int weight,
      String health,
      boolean ejected,
      boolean draining,
      int active,
      long requests,
      long failures) {
    static EndpointView of(Endpoint endpoint) {
      return new EndpointView(
          endpoint.address().toString(),
          endpoint.weight(),
          endpoint.health().name().toLowerCase(Locale.ROOT),
          endpoint.isEjected(),
          endpoint.isDraining(),
          endpoint.active(),
          endpoint.requests(),
          endpoint.failures());
    }
  }

  record SnapshotView(long version, String hash, String loadedAt) {
    static SnapshotView of(Snapshot snapshot) {
      return new SnapshotView(snapshot.version(), snapshot.hash(), snapshot.loadedAt().toString());
    }
  }

  record VersionView(String name, String version, String java, String transport, int eventLoops) {}
}
