package io.expressgateway.config.spring;

import io.expressgateway.config.Problems;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Route definitions and default filters from an environment, each bound on its own, so that one
 * that cannot be read does not hide the others.
 */
public final class RouteDefinitions {

  private static final String ROUTES = "spring.cloud.gateway.server.webflux.routes";
  private static final String FILTERS = "spring.cloud.gateway.server.webflux.default-filters";

  private RouteDefinitions() {}

  /**
   * The routes, in order, those that are switched off included. One without predicates is a
   * problem: Spring Cloud Gateway validates its own properties so, and they are bound at start as
   * well.
   */
  public static List<RouteDefinition> routes(
      ConfigurableEnvironment environment, Problems problems) {
    Map<String, RouteDefinition> routes =
        bind(environment, ROUTES, RouteDefinition.class, problems);
    routes.forEach((key, route) -> {
      if (route.getPredicates().isEmpty()) {
        problems.refuse(
            key + ".predicates",
            "",
            "must not be empty",
            "write Path=/** for a route that takes everything");
      }
    });
    return List.copyOf(routes.values());
  }

  /** The default filters, in order. */
  public static List<FilterDefinition> defaultFilters(
      ConfigurableEnvironment environment, Problems problems) {
    return List.copyOf(bind(environment, FILTERS, FilterDefinition.class, problems).values());
  }

  /** What could be read, by the key of each. */
  private static <T> Map<String, T> bind(
      ConfigurableEnvironment environment, String key, Class<T> type, Problems problems) {
    Binder binder = Binder.get(environment);
    Map<String, T> bound = new LinkedHashMap<>();
    for (int index : indexes(environment, key)) {
      String element = key + "[" + index + "]";
      try {
        binder.bind(element, type).ifBound(value -> bound.put(element, value));
      } catch (BindException failure) {
        problems.refuse(
            String.valueOf(failure.getName()),
            failure.getProperty() == null ? "" : String.valueOf(failure.getProperty().getValue()),
            "cannot be read: " + cause(failure),
            "write id, uri, predicates and filters as Spring Cloud Gateway has them");
      }
    }
    return bound;
  }

  private static String cause(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return String.valueOf(deepest.getMessage());
  }

  /** The indexes of the first source that has any, as Spring Boot reads lists. */
  private static Iterable<Integer> indexes(ConfigurableEnvironment environment, String key) {
    Pattern index = Pattern.compile(Pattern.quote(key) + "\\[(\\d{1,6})].*");
    TreeSet<Integer> indexes = new TreeSet<>();
    for (WrittenKeys.Entry entry : WrittenKeys.of(environment).below(key)) {
      Matcher matcher = index.matcher(entry.key());
      if (matcher.matches()) {
        indexes.add(Integer.valueOf(matcher.group(1)));
      }
    }
    return indexes;
  }
}
