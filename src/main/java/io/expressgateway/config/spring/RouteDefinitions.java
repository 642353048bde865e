package io.expressgateway.config.spring;

import io.expressgateway.config.Problems;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PlaceholdersResolver;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
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
    PlaceholdersResolver placeholders = new PropertySourcesPlaceholdersResolver(environment);
    List<T> bound = new ArrayList<>();
    for (Map.Entry<Integer, OneElement> found : elements(environment, key).entrySet()) {
      String element = key + "[" + found.getKey() + "]";
      Binder binder = new Binder(List.of(found.getValue()), placeholders);
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

  /**
   * The elements of the list in the first source that has any, as Spring Boot reads lists; each
   * with its own properties only. A binder over the whole environment looks through every property
   * for every element, which takes a minute for ten thousand routes.
   */
  private static Map<Integer, OneElement> elements(
      ConfigurableEnvironment environment, String key) {
    ConfigurationPropertyName root = ConfigurationPropertyName.of(key);
    int depth = root.getNumberOfElements();
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      if (!(source instanceof IterableConfigurationPropertySource iterable)) {
        continue;
      }
      Map<Integer, OneElement> elements = new TreeMap<>();
      for (ConfigurationPropertyName name : iterable) {
        if (root.isAncestorOf(name) && name.isNumericIndex(depth)) {
          Integer index = Integer.valueOf(name.getElement(depth, Form.UNIFORM));
          elements.computeIfAbsent(index, missing -> new OneElement()).add(source, name);
        }
      }
      if (!elements.isEmpty()) {
        return elements;
      }
    }
    return Map.of();
  }

  /** The properties of one list element. */
  private static final class OneElement implements IterableConfigurationPropertySource {

    private final Map<ConfigurationPropertyName, ConfigurationProperty> properties =
        new LinkedHashMap<>();

    void add(ConfigurationPropertySource source, ConfigurationPropertyName name) {
      ConfigurationProperty property = source.getConfigurationProperty(name);
      if (property != null) {
        properties.put(name, property);
      }
    }

    @Override
    public Stream<ConfigurationPropertyName> stream() {
      return properties.keySet().stream();
    }

    @Override
    public @Nullable ConfigurationProperty getConfigurationProperty(
        ConfigurationPropertyName name) {
      return properties.get(name);
    }
  }
}
