package io.expressgateway.route;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A route with its predicates compiled. */
final class CompiledRoute {

  private final Route route;
  private final RoutePredicate[] predicates;
  private final boolean hasVariables;
  private final RouteMatch plain;

  CompiledRoute(Route route, int position, List<RoutePredicate> predicates) {
    this.route = route;
    this.predicates = predicates.toArray(RoutePredicate[]::new);
    this.hasVariables = predicates.stream().anyMatch(RoutePredicate::hasVariables);
    this.plain = new RouteMatch(route, position, Map.of());
  }

  /** Whether the route serves the request's listener and all its predicates hold. */
  boolean matches(RouteRequest request) {
    if (!route.listeners().isEmpty() && !route.listeners().contains(request.listener())) {
      return false;
    }
    for (RoutePredicate predicate : predicates) {
      if (!predicate.test(request)) {
        return false;
      }
    }
    return true;
  }

  /** The match for every request; null when it depends on the request. */
  @Nullable RouteMatch plain() {
    return hasVariables ? null : plain;
  }

  /** The match for a request that matches; made beforehand when the route has no variables. */
  RouteMatch match(RouteRequest request) {
    if (!hasVariables) {
      return plain;
    }
    Map<String, String> variables = new LinkedHashMap<>();
    for (RoutePredicate predicate : predicates) {
      predicate.capture(request, variables);
    }
    return new RouteMatch(route, plain.position(), Map.copyOf(variables));
  }
}
