package io.expressgateway.route;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All routes, compiled. The route of a request is the first, by order and then as listed, that
 * serves the request's listener and whose predicates all hold; an index (see {@link RouteIndex})
 * only saves the work of trying the others, so the cost does not grow with routes that have a
 * literal host or path prefix.
 *
 * <p>Immutable; any thread. Matching a route without variables allocates nothing, but for what its
 * predicates have to decode.
 */
public final class RouteTable {

  /** No routes: nothing ever matches. */
  public static final RouteTable EMPTY = compile(List.of(), VersionSettings.NONE);

  private final List<Route> routes;
  private final CompiledRoute[] compiled;
  private final @Nullable RouteMatch[] plain;
  private final RouteIndex index;
  private final VersionSettings version;
  private final Set<ApiVersion> supported;

  RouteTable(
      List<Route> routes,
      List<CompiledRoute> compiled,
      RouteIndex index,
      VersionSettings version,
      Set<ApiVersion> supported) {
    this.routes = List.copyOf(routes);
    this.compiled = compiled.toArray(CompiledRoute[]::new);
    this.plain = compiled.stream().map(CompiledRoute::plain).toArray(RouteMatch[]::new);
    this.index = index;
    this.version = version;
    this.supported = Set.copyOf(supported);
  }

  /** As {@link #compile(List, VersionSettings, boolean)}, Host comparing the port as well. */
  public static RouteTable compile(List<Route> routes, VersionSettings version) {
    return compile(routes, version, true);
  }

  /**
   * Compiles routes.
   *
   * @param hostIncludesPort whether the Host predicate sees {@code host:port} as the client sent it
   *     (Spring Cloud Gateway's {@code predicate.host.include-port}, true by default) or the host
   *     alone
   * @throws InvalidRoutesException with every problem of every route
   */
  public static RouteTable compile(
      List<Route> routes, VersionSettings version, boolean hostIncludesPort) {
    List<Route> sorted = routes.stream().sorted(Comparator.comparingInt(Route::order)).toList();
    return new RouteCompiler(sorted, version, hostIncludesPort).compile();
  }

  /** The route that the request takes; null when none matches. */
  public @Nullable RouteMatch match(RouteRequest request) {
    int position = index.find(compiled, request);
    if (position < 0) {
      return null;
    }
    RouteMatch known = plain[position];
    return known == null ? compiled[position].match(request) : known;
  }

  /** The answer of trying the routes one by one: what {@link #match} is tested against. */
  @Nullable RouteMatch scan(RouteRequest request) {
    for (CompiledRoute route : compiled) {
      if (route.matches(request)) {
        return route.match(request);
      }
    }
    return null;
  }

  /**
   * What is wrong with the API version of a request, to be answered with 400 when a route matched:
   * a sentence, or null when nothing is wrong or the settings ask for no version.
   */
  public @Nullable String versionProblem(RouteRequest request) {
    if (!version.isEnabled()) {
      return null;
    }
    String text = version.textOf(request.head());
    if (text == null) {
      return version.required() ? "the request carries no API version" : null;
    }
    ApiVersion asked = ApiVersion.parse(text);
    if (asked == null) {
      return "the API version is malformed";
    }
    return supported.isEmpty() || supported.contains(asked)
        ? null
        : "the API version is not supported";
  }

  /** The routes in the order in which they are tried. */
  public List<Route> routes() {
    return routes;
  }

  /** How many routes every request is tested against, because they name no literal host or path. */
  public int unindexedRoutes() {
    return index.unindexed();
  }
}
