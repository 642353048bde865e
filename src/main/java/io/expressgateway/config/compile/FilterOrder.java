package io.expressgateway.config.compile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.springframework.cloud.gateway.filter.FilterDefinition;

/**
 * The order in which the filters of a route run, as Spring Cloud Gateway 5.0 has it ({@code
 * RouteDefinitionRouteLocator.getFilters}): each list counts its filters from 1, both lists are
 * joined, default filters first, and sorted by that number. So the first default filter is followed
 * by the route's first, then come the second ones. A few filters have a number of their own.
 */
final class FilterOrder {

  /** Filters that change the uri run after the one that has set it, whose order is 10000. */
  private static final Map<String, Integer> FIXED =
      Map.of("RequestHeaderToRequestUri", 10_001, "SetRequestUri", 10_001);

  private record Numbered(int order, FilterDefinition filter) {}

  private FilterOrder() {}

  static List<FilterDefinition> of(
      List<FilterDefinition> defaultFilters, List<FilterDefinition> routeFilters) {
    List<Numbered> all = new ArrayList<>();
    number(defaultFilters, all);
    number(routeFilters, all);
    all.sort(Comparator.comparingInt(Numbered::order));
    return all.stream().map(Numbered::filter).toList();
  }

  private static void number(List<FilterDefinition> filters, List<Numbered> into) {
    for (int i = 0; i < filters.size(); i++) {
      FilterDefinition filter = filters.get(i);
      into.add(new Numbered(FIXED.getOrDefault(filter.getName(), i + 1), filter));
    }
  }
}
