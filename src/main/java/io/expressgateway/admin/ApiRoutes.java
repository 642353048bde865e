package io.expressgateway.admin;

import io.expressgateway.admin.Views.ClusterView;
import io.expressgateway.admin.Views.EndpointView;
import io.expressgateway.admin.Views.ListenerView;
import io.expressgateway.admin.Views.RouteView;
import io.expressgateway.admin.Views.SnapshotView;
import io.expressgateway.admin.Views.VersionView;
import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.config.Problem;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.snapshot.Snapshot;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** {@code /api/v1}: what runs, and drain and undrain of an endpoint. */
final class ApiRoutes {

  private static final Logger LOG = LoggerFactory.getLogger(ApiRoutes.class);

  /** Parts of the contract whose turn has not come; each answers 501 with its own name. */
  static final List<String> NOT_BUILT =
      List.of(
          "GET /api/v1/versions",
          "POST /api/v1/reload",
          "POST /api/v1/plan",
          "POST /api/v1/plan/{id}/apply",
          "POST /api/v1/rollback/{version}",
          "POST /api/v1/drain");

  private final GatewayState state;
  private final String version;

  private ApiRoutes(GatewayState state, String version) {
    this.state = state;
    this.version = version;
  }

  static RouterFunction<ServerResponse> of(GatewayState state, String version) {
    ApiRoutes api = new ApiRoutes(state, version);
    RouterFunctions.Builder routes =
        RouterFunctions.route()
            .GET("/api/v1/version", request -> api.version())
            .GET("/api/v1/listeners", request -> api.with(ApiRoutes::listeners))
            .GET("/api/v1/routes", request -> api.snapshot(ApiRoutes::routes))
            .GET("/api/v1/clusters", request -> api.with(ApiRoutes::clusters))
            .GET("/api/v1/clusters/{name}", api::cluster)
            .GET("/api/v1/snapshot", request -> api.snapshot(SnapshotView::of))
            .POST(
                "/api/v1/clusters/{name}/endpoints/{endpoint}/drain",
                request -> api.drain(request, true))
            .POST(
                "/api/v1/clusters/{name}/endpoints/{endpoint}/undrain",
                request -> api.drain(request, false))
            .POST("/api/v1/certificates/reload", request -> api.reloadCertificates());
    for (String call : NOT_BUILT) {
      String path = call.substring(call.indexOf(' ') + 1);
      if (call.startsWith("GET")) {
        routes.GET(path, request -> notBuilt(call));
      } else {
        routes.POST(path, request -> notBuilt(call));
      }
    }
    return routes.build();
  }

  private Mono<ServerResponse> version() {
    DataPlane dataPlane = state.dataPlane();
    return Answers.json(
        new VersionView(
            "expressgateway",
            version,
            Runtime.version().toString(),
            dataPlane == null ? "" : dataPlane.transport(),
            dataPlane == null ? 0 : dataPlane.eventLoops()));
  }

  private static List<ListenerView> listeners(DataPlane dataPlane) {
    return dataPlane.listeners().stream().map(ListenerView::of).toList();
  }

  private static List<RouteView> routes(Snapshot snapshot) {
    return snapshot.routes().stream().map(RouteView::of).toList();
  }

  private static List<ClusterView> clusters(DataPlane dataPlane) {
    return dataPlane.clusters().stream().map(ClusterView::of).toList();
  }

  private Mono<ServerResponse> cluster(ServerRequest request) {
    String name = request.pathVariable("name");
    Cluster cluster = find(name);
    return cluster == null ? noCluster(name) : Answers.json(ClusterView.of(cluster));
  }

  private Mono<ServerResponse> drain(ServerRequest request, boolean draining) {
    String name = request.pathVariable("name");
    Cluster cluster = find(name);
    if (cluster == null) {
      return noCluster(name);
    }
    String address = request.pathVariable("endpoint");
    Endpoint endpoint = cluster.endpoint(address);
    if (endpoint == null) {
      return Answers.problem(
          HttpStatus.NOT_FOUND,
          "no such endpoint",
          new Problem(
              "endpoint",
              address,
              "cluster " + name + " has no endpoint with this address",
              "GET /api/v1/clusters/" + name + " lists them"));
    }
    endpoint.draining(draining);
    LOG.info(
        "audit endpoint {} of cluster {} {} by {}",
        endpoint.address(),
        name,
        draining ? "drained" : "undrained",
        request.remoteAddress().map(Object::toString).orElse("unknown"));
    return Answers.json(EndpointView.of(endpoint));
  }

  private @Nullable Cluster find(String name) {
    DataPlane dataPlane = state.dataPlane();
    if (dataPlane != null) {
      for (Cluster cluster : dataPlane.clusters()) {
        if (cluster.spec().name().equals(name)) {
          return cluster;
        }
      }
    }
    return null;
  }

  private static Mono<ServerResponse> noCluster(String name) {
    return Answers.problem(
        HttpStatus.NOT_FOUND,
        "no such cluster",
        new Problem(
            "cluster",
            name,
            "there is no cluster of this name",
            "GET /api/v1/clusters lists them"));
  }

  /** Reads certificates and keys again; connections that are open keep theirs. */
  private Mono<ServerResponse> reloadCertificates() {
    if (state.dataPlane() == null) {
      return starting();
    }
    return Mono.defer(() -> Mono.fromFuture(state.refresh()))
        .flatMap(problems ->
            problems.isEmpty()
                ? snapshot(SnapshotView::of)
                : Answers.problem(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "the certificates were not replaced; the old ones serve",
                    problems));
  }

  private static Mono<ServerResponse> notBuilt(String call) {
    return Answers.problem(
        HttpStatus.NOT_IMPLEMENTED,
        call + " is not built yet",
        new Problem(call, "", "this part of the API is not built yet", "see the release notes"));
  }

  private Mono<ServerResponse> with(Function<DataPlane, Object> view) {
    DataPlane dataPlane = state.dataPlane();
    return dataPlane == null ? starting() : Answers.json(view.apply(dataPlane));
  }

  private Mono<ServerResponse> snapshot(Function<Snapshot, Object> view) {
    DataPlane dataPlane = state.dataPlane();
    Snapshot snapshot = dataPlane == null ? null : dataPlane.snapshot();
    return snapshot == null ? starting() : Answers.json(view.apply(snapshot));
  }

  private static Mono<ServerResponse> starting() {
    return Answers.problem(HttpStatus.SERVICE_UNAVAILABLE, "the data plane is starting");
  }
}
