package io.expressgateway.admin;

import io.expressgateway.config.Problem;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.route.Route;
import io.expressgateway.snapshot.Snapshot;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteDefinitionWriter;
import org.springframework.cloud.gateway.support.NotFoundException;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Spring Cloud Gateway's Actuator endpoint {@code gateway}: its paths and bodies, answered from our
 * snapshot. A controller of our own, because the original needs that gateway's {@code Route}
 * objects. As there, a posted route takes effect at refresh; other than there, a refresh that finds
 * problems says so with 422 and keeps the old routes.
 */
final class GatewayEndpointRoutes {

  private static final Logger LOG = LoggerFactory.getLogger(GatewayEndpointRoutes.class);
  private static final String BASE = "/actuator/gateway";
  private static final ParameterizedTypeReference<List<RouteDefinition>> DEFINITIONS =
      new ParameterizedTypeReference<>() {};

  /** What {@code management.endpoint.gateway.access} allows. */
  enum Access {
    NONE,
    READ_ONLY,
    UNRESTRICTED;

    /**
     * Reads the property.
     *
     * @throws IllegalArgumentException naming the values that there are
     */
    static Access of(String text) {
      return switch (text.strip().toLowerCase(Locale.ROOT).replace('_', '-')) {
        case "none" -> NONE;
        case "read-only", "readonly" -> READ_ONLY;
        case "unrestricted" -> UNRESTRICTED;
        default ->
            throw new IllegalArgumentException(
                "management.endpoint.gateway.access is '"
                    + text
                    + "'; it takes none, read-only or unrestricted");
      };
    }
  }

  /**
   * What the endpoint works on.
   *
   * @param state the running gateway
   * @param access what is allowed
   * @param locator all definitions
   * @param writer where posted definitions go; null when there is not exactly one
   * @param events where refresh events go
   * @param vocabulary the names that routes may use
   */
  record Parts(
      GatewayState state,
      Access access,
      RouteDefinitionLocator locator,
      @Nullable RouteDefinitionWriter writer,
      ApplicationEventPublisher events,
      RouteVocabulary vocabulary) {}

  private final Parts parts;

  private GatewayEndpointRoutes(Parts parts) {
    this.parts = parts;
  }

  static RouterFunction<ServerResponse> of(Parts parts) {
    GatewayEndpointRoutes endpoint = new GatewayEndpointRoutes(parts);
    RouterFunctions.Builder routes = RouterFunctions.route();
    if (parts.access() != Access.NONE) {
      endpoint.read(routes);
    }
    if (parts.access() == Access.UNRESTRICTED) {
      endpoint.write(routes);
    } else if (parts.access() == Access.READ_ONLY) {
      routes.POST(BASE + "/**", request -> readOnly());
      routes.DELETE(BASE + "/**", request -> readOnly());
    }
    return routes.GET(BASE + "/**", request -> notFound(request.path())).build();
  }

  private void read(RouterFunctions.Builder routes) {
    routes
        .GET(BASE, request -> Answers.json(calls()))
        .GET(BASE + "/", request -> Answers.json(calls()))
        .GET(
            BASE + "/routes",
            request -> Answers.json(active().stream().map(GatewayEndpointRoutes::view).toList()))
        .GET(BASE + "/routes/{id}", this::route)
        .GET(BASE + "/routes/{id}/combinedfilters", this::combinedFilters)
        .GET(BASE + "/routedefinitions", request -> definitions())
        .GET(BASE + "/globalfilters", request -> Answers.json(Map.of()))
        .GET(
            BASE + "/routefilters",
            request -> Answers.json(namesToNull(parts.vocabulary().filters())))
        .GET(
            BASE + "/routepredicates",
            request -> Answers.json(namesToNull(parts.vocabulary().predicates())));
  }

  private void write(RouterFunctions.Builder routes) {
    routes
        .POST(BASE + "/refresh", request -> refresh())
        .POST(BASE + "/routes/{id}", this::saveOne)
        .POST(BASE + "/routes", this::saveAll)
        .DELETE(BASE + "/routes/{id}", this::delete);
  }

  private List<Map<String, Object>> calls() {
    String[] paths = {
      "/routes", "/routedefinitions", "/globalfilters", "/routefilters", "/routepredicates"
    };
    return java.util.Arrays.stream(paths)
        .map(path -> Map.<String, Object>of("href", BASE + path, "methods", List.of("GET")))
        .toList();
  }

  private List<Route> active() {
    DataPlane dataPlane = parts.state().dataPlane();
    Snapshot snapshot = dataPlane == null ? null : dataPlane.snapshot();
    return snapshot == null ? List.of() : snapshot.routes();
  }

  private static Map<String, Object> view(Route route) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put(
        "predicate",
        route.predicates().stream()
            .map(RouteText::of)
            .collect(java.util.stream.Collectors.joining(" && ")));
    if (!route.metadata().isEmpty()) {
      view.put("metadata", route.metadata());
    }
    view.put("route_id", route.id());
    view.put("filters", filters(route));
    view.put("uri", route.uri());
    view.put("order", route.order());
    return view;
  }

  private static List<String> filters(Route route) {
    List<String> texts = new java.util.ArrayList<>();
    for (int i = 0; i < route.filters().size(); i++) {
      texts.add(RouteText.ordered(route.filters().get(i), i + 1));
    }
    return texts;
  }

  private Mono<ServerResponse> route(ServerRequest request) {
    Route route = find(request.pathVariable("id"));
    return route == null ? ServerResponse.notFound().build() : Answers.json(view(route));
  }

  private Mono<ServerResponse> combinedFilters(ServerRequest request) {
    Route route = find(request.pathVariable("id"));
    if (route == null) {
      // The original answers an empty object here, not 404.
      return Answers.json(Map.of());
    }
    Map<String, Object> orders = new LinkedHashMap<>();
    List<String> filters = filters(route);
    for (int i = 0; i < filters.size(); i++) {
      orders.put(filters.get(i), i + 1);
    }
    return Answers.json(orders);
  }

  private @Nullable Route find(String id) {
    for (Route route : active()) {
      if (route.id().equals(id)) {
        return route;
      }
    }
    return null;
  }

  private Mono<ServerResponse> definitions() {
    return Flux.defer(() -> parts.locator().getRouteDefinitions())
        .collectList()
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(Answers::json);
  }

  private static Map<String, Object> namesToNull(List<String> names) {
    Map<String, Object> view = new LinkedHashMap<>();
    names.forEach(name -> view.put(name, null));
    return view;
  }

  private Mono<ServerResponse> refresh() {
    return Mono.fromRunnable(() -> parts.events().publishEvent(new RefreshRoutesEvent(this)))
        .subscribeOn(Schedulers.boundedElastic())
        .then(Mono.defer(() -> Mono.fromFuture(parts.state().refresh())))
        .flatMap(problems ->
            problems.isEmpty()
                ? ServerResponse.ok().build()
                : Answers.problem(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "the routes were not refreshed; the old ones serve",
                    problems));
  }

  private Mono<ServerResponse> saveOne(ServerRequest request) {
    String id = request.pathVariable("id");
    return request
        .bodyToMono(RouteDefinition.class)
        .flatMap(definition -> {
          definition.setId(id);
          return save(List.of(definition))
              .switchIfEmpty(
                  Mono.defer(
                      () -> ServerResponse.created(URI.create("/routes/" + encode(id))).build()));
        });
  }

  private Mono<ServerResponse> saveAll(ServerRequest request) {
    return request
        .bodyToMono(DEFINITIONS)
        .flatMap(definitions ->
            save(definitions).switchIfEmpty(Mono.defer(() -> ServerResponse.ok().build())));
  }

  /** Saves all or none; empty when all were saved, else the refusal. */
  private Mono<ServerResponse> save(List<RouteDefinition> definitions) {
    List<Problem> problems =
        definitions.stream()
            .flatMap(definition -> PostedRoute.problems(definition, parts.vocabulary()).stream())
            .toList();
    if (!problems.isEmpty()) {
      return Answers.problem(HttpStatus.BAD_REQUEST, "the route is not accepted", problems);
    }
    RouteDefinitionWriter writer = parts.writer();
    if (writer == null) {
      return Answers.problem(
          HttpStatus.CONFLICT,
          "there is not exactly one RouteDefinitionWriter",
          new Problem("RouteDefinitionWriter", "", "routes have nowhere to go", "define one bean"));
    }
    return Flux.fromIterable(definitions)
        .concatMap(definition -> {
          LOG.info("audit route {} posted", RouteText.plain(definition.getId()));
          return writer.save(Mono.just(definition));
        })
        .then(Mono.empty());
  }

  private Mono<ServerResponse> delete(ServerRequest request) {
    String id = request.pathVariable("id");
    RouteDefinitionWriter writer = parts.writer();
    if (writer == null) {
      return ServerResponse.notFound().build();
    }
    return writer
        .delete(Mono.just(id))
        .then(
            Mono.defer(() -> {
              LOG.info("audit route {} deleted", RouteText.plain(id));
              return ServerResponse.ok().build();
            }))
        .onErrorResume(NotFoundException.class, missing -> ServerResponse.notFound().build());
  }

  private static String encode(String id) {
    return java.net.URLEncoder.encode(id, java.nio.charset.StandardCharsets.UTF_8)
        .replace("+", "%20");
  }

  private static Mono<ServerResponse> readOnly() {
    return Answers.problem(
        HttpStatus.METHOD_NOT_ALLOWED,
        "the gateway endpoint is read-only",
        new Problem(
            "management.endpoint.gateway.access",
            "read-only",
            "routes cannot be changed through this endpoint",
            "set it to unrestricted"));
  }

  private static Mono<ServerResponse> notFound(String path) {
    return ServerResponse.status(HttpStatus.NOT_FOUND)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .bodyValue(Answers.document(404, "Not Found", path, List.of()));
  }
}
