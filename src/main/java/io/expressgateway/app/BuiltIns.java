package io.expressgateway.app;

import io.expressgateway.admin.RouteVocabulary;
import io.expressgateway.balance.Balancers;
import io.expressgateway.config.Vocabulary;
import io.expressgateway.filter.FilterRegistry;
import io.expressgateway.route.InvalidRoutesException;
import io.expressgateway.route.NamedArguments;
import io.expressgateway.route.PredicateRegistry;
import io.expressgateway.route.Route;
import io.expressgateway.route.RouteTable;
import io.expressgateway.route.VersionSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What this build can do, by name: what configuration may ask for. */
final class BuiltIns {

  private BuiltIns() {}

  /** Balancers, predicates and filters, asked by the compiler of the configuration. */
  static Vocabulary vocabulary() {
    FilterRegistry filters = new FilterRegistry();
    return new Vocabulary(
        Set.copyOf(Balancers.names()),
        BuiltIns::predicateProblem,
        filter -> filterProblem(filters, filter));
  }

  /** The same names for the Actuator endpoint. */
  static RouteVocabulary routeVocabulary() {
    return new RouteVocabulary(
        List.copyOf(PredicateRegistry.names()), List.copyOf(new FilterRegistry().names()));
  }

  private static Optional<String> predicateProblem(NamedArguments predicate) {
    Route alone = new Route("check", 0, "", "", List.of(predicate), List.of(), Map.of(), Set.of());
    try {
      RouteTable.compile(List.of(alone), VersionSettings.NONE);
      return Optional.empty();
    } catch (InvalidRoutesException e) {
      return Optional.of(
          e.problems().stream()
              .map(problem -> problem.reason() + "; " + problem.remedy())
              .collect(Collectors.joining("; ")));
    }
  }

  private static Optional<String> filterProblem(FilterRegistry filters, NamedArguments filter) {
    try {
      var _ = filters.create(filter);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
