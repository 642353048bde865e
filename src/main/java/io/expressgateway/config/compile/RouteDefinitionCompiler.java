package io.expressgateway.config.compile;

import static java.util.Objects.requireNonNullElse;

import io.expressgateway.config.Problem;
import io.expressgateway.config.Problems;
import io.expressgateway.config.Vocabulary;
import io.expressgateway.config.spring.WrittenKeys;
import io.expressgateway.route.NamedArguments;
import io.expressgateway.route.Route;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * Spring Cloud Gateway's route definitions to routes, in the order in which they are tried.
 * Confined to the thread that compiles.
 */
public final class RouteDefinitionCompiler {

  private static final String GATEWAY = "spring.cloud.gateway.server.webflux.";

  private final Vocabulary vocabulary;
  private final RouteSetting setting;
  private final ImplicitClusters implicit;
  private final WrittenKeys written;
  private final Problems problems;
  private final List<Problem> quarantined = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private final Map<String, String> keyById = new HashMap<>();

  /** Reports to {@code problems}, or quarantines when the setting says so. */
  public RouteDefinitionCompiler(
      Vocabulary vocabulary,
      RouteSetting setting,
      ImplicitClusters implicit,
      WrittenKeys written,
      Problems problems) {
    this.vocabulary = vocabulary;
    this.setting = setting;
    this.implicit = implicit;
    this.written = written;
    this.problems = problems;
    written.below(GATEWAY + "routes").stream()
        .filter(entry -> entry.key().matches(".*\\[\\d+]\\.id"))
        .forEach(entry ->
            keyById.putIfAbsent(entry.value(), entry.key().substring(0, entry.key().length() - 3)));
  }

  /** The routes, sorted by order; those that are switched off or quarantined are left out. */
  public List<Route> compile(List<RouteDefinition> definitions) {
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < definitions.size(); i++) {
      RouteDefinition definition = definitions.get(i);
      if (definition.isEnabled()) {
        compileOne(definition, i).ifPresent(routes::add);
      }
    }
    routes.sort(Comparator.comparingInt(Route::order));
    return routes;
  }

  /** What was wrong with routes that were left out. */
  public List<Problem> quarantined() {
    return List.copyOf(quarantined);
  }

  private Optional<Route> compileOne(RouteDefinition definition, int position) {
    Problems own = new Problems();
    // A definition without an id gets one that is the same at every reload.
    String id = definition.getId() == null ? "route-" + position : definition.getId();
    String key = keyById.getOrDefault(id, "routes[" + id + "]");
    if (!ids.add(id)) {
      own.refuse(key + ".id", id, "is the id of another route too", "give each its own id");
    }
    refuseExpressions(key, definition, own);
    List<NamedArguments> predicates = predicates(key, definition.getPredicates(), own);
    List<NamedArguments> filters = filters(key, definition.getFilters(), own);
    RouteMetadata metadata = new RouteMetadata(key, definition.getMetadata(), own);
    Set<String> listeners = metadata.listeners(setting);
    String cluster = new RouteUri(key, setting, own).cluster(definition.getUri(), implicit);
    if (!own.isClean()) {
      own.refusals().forEach(setting.failOnError() ? problems::refuse : quarantined::add);
      return Optional.empty();
    }
    return Optional.of(
        new Route(
            id,
            definition.getOrder(),
            String.valueOf(definition.getUri()),
            cluster,
            predicates,
            filters,
            metadata.values(),
            listeners));
  }

  private List<NamedArguments> predicates(
      String key, List<PredicateDefinition> definitions, Problems own) {
    List<NamedArguments> named = new ArrayList<>();
    for (int i = 0; i < definitions.size(); i++) {
      PredicateDefinition definition = definitions.get(i);
      named.add(
          new NamedArguments(requireNonNullElse(definition.getName(), ""), definition.getArgs()));
      check(
          key + ".predicates[" + i + "]",
          named.getLast(),
          "predicate",
          vocabulary.predicateProblem(),
          own);
    }
    return named;
  }

  private List<NamedArguments> filters(
      String key, List<FilterDefinition> definitions, Problems own) {
    for (int i = 0; i < definitions.size(); i++) {
      checkFilter(key + ".filters[" + i + "]", definitions.get(i), own);
    }
    for (int i = 0; i < setting.defaultFilters().size(); i++) {
      checkFilter(GATEWAY + "default-filters[" + i + "]", setting.defaultFilters().get(i), own);
    }
    return FilterOrder.of(setting.defaultFilters(), definitions).stream()
        .map(RouteDefinitionCompiler::named)
        .toList();
  }

  private static NamedArguments named(FilterDefinition definition) {
    return new NamedArguments(requireNonNullElse(definition.getName(), ""), definition.getArgs());
  }

  private void checkFilter(String key, FilterDefinition definition, Problems own) {
    check(key, named(definition), "filter", vocabulary.filterProblem(), own);
  }

  private void check(
      String key,
      NamedArguments named,
      String kind,
      Function<NamedArguments, Optional<String>> problem,
      Problems own) {
    String shown = named.name() + (named.arguments().isEmpty() ? "" : "=") + values(named);
    String off = GATEWAY + kind + "." + kebab(named.name()) + ".enabled";
    if (written.value(off).filter("false"::equals).isPresent()) {
      own.refuse(key, shown, off + " has switched it off", "remove one of the two");
      return;
    }
    problem
        .apply(named)
        .ifPresent(reason -> own.refuse(key, shown, reason, "mend or remove the " + kind));
  }

  private static String values(NamedArguments named) {
    return String.join(",", named.arguments().values());
  }

  private static String kebab(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(java.util.Locale.ROOT);
  }

  private static void refuseExpressions(String key, RouteDefinition definition, Problems own) {
    definition
        .getPredicates()
        .forEach(p -> p.getArgs().values().forEach(text -> refuseExpression(key, text, own)));
    definition
        .getFilters()
        .forEach(f -> f.getArgs().values().forEach(text -> refuseExpression(key, text, own)));
    definition
        .getMetadata()
        .values()
        .forEach(value -> refuseExpression(key, String.valueOf(value), own));
  }

  private static void refuseExpression(String key, String text, Problems own) {
    if (text != null && BeanReferences.isForbidden(text, false)) {
      own.refuse(
          key,
          text,
          "there is no expression language here",
          "write the value itself, or #{@name} for a bean");
    }
  }
}
