package io.expressgateway.config.spring;

import io.expressgateway.config.Problems;
import java.util.ArrayList;
import java.util.List;
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

  /** The routes, in order, those that are switched off included. */
  public static List<RouteDefinition> routes(
      ConfigurableEnvironment environment, Problems problems) {
    return bind(environment, ROUTES, RouteDefinition.class, RouteDefinitions::judge, problems);
  }

  /** The default filters, in order. */
  public static List<FilterDefinition> defaultFilters(
      ConfigurableEnvironment environment, Problems problems) {
    return bind(environment, FILTERS, FilterDefinition.class, (at, filter, p) -> {}, problems);
  }

  /** Looks at what was bound, written at {@code key}. */
  private interface Judgement<T> {
    void judge(String key, T bound, Problems problems);
  }

  /**
   * What Spring Cloud Gateway's annotations demand of a written route. A posted one may lack
   * predicates, there as here.
   */
  private static void judge(String key, RouteDefinition route, Problems problems) {
    if (route.getPredicates().isEmpty()) {
      problems.refuse(
          key + ".predicates", "[]", "must not be empty", "write a predicate such as Path=/**");
    }
  }

  private static <T> List<T> bind(
      ConfigurableEnvironment environment,
      String key,
      Class<T> type,
      Judgement<T> judgement,
      Problems problems) {
    Binder binder = Binder.get(environment);
    List<T> bound = new ArrayList<>();
    for (int index : indexes(environment, key)) {
      String element = key + "[" + index + "]";
      try {
        binder
            .bind(element, type)
            .ifBound(one -> {
              judgement.judge(element, one, problems);
              bound.add(one);
            });
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
