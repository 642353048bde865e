package io.expressgateway.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Routes written as Spring Cloud Gateway's shortcut text. */
final class TestRoutes {

  private TestRoutes() {}

  static NamedArguments predicate(String text) {
    int equals = text.indexOf('=');
    Map<String, String> arguments = new LinkedHashMap<>();
    if (equals > 0) {
      for (String value : text.substring(equals + 1).split(",")) {
        arguments.put("_genkey_" + arguments.size(), value.strip());
      }
    }
    return new NamedArguments(equals < 0 ? text : text.substring(0, equals), arguments);
  }

  static Route route(String id, String... predicates) {
    return route(id, 0, Set.of(), predicates);
  }

  static Route route(String id, int order, Set<String> listeners, String... predicates) {
    List<NamedArguments> compiled = new ArrayList<>();
    for (String text : predicates) {
      compiled.add(predicate(text));
    }
    return new Route(id, order, "lb://" + id, id, compiled, List.of(), Map.of(), listeners);
  }

  static RouteTable table(Route... routes) {
    return RouteTable.compile(List.of(routes), VersionSettings.NONE);
  }

  /** Whether a route with this one predicate takes the request. */
  static boolean holds(String predicate, RouteRequest request) {
    return table(route("r", predicate)).match(request) != null;
  }
}
