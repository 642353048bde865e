package io.expressgateway.route;

import io.expressgateway.route.InvalidRoutesException.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Compiles a sorted list of routes, collecting every problem on the way. Two passes, because the
 * share of a Weight predicate depends on the other routes of its group.
 */
final class RouteCompiler {

  private final List<Route> routes;
  private final VersionSettings version;
  private final boolean hostIncludesPort;
  private final WeightGroups weights = new WeightGroups();
  private final Set<ApiVersion> supported = new HashSet<>();
  private final List<Problem> problems = new ArrayList<>();

  RouteCompiler(List<Route> routes, VersionSettings version, boolean hostIncludesPort) {
    this.routes = routes;
    this.version = version;
    this.hostIncludesPort = hostIncludesPort;
  }

  RouteTable compile() {
    version.supportedVersions().forEach(this::support);
    if (version.defaultVersion() != null) {
      support(version.defaultVersion());
    }
    for (int position = 0; position < routes.size(); position++) {
      survey(position);
    }
    List<CompiledRoute> compiled = new ArrayList<>(routes.size());
    RouteIndex.Builder index = new RouteIndex.Builder();
    for (int position = 0; position < routes.size(); position++) {
      List<RoutePredicate> predicates = compile(position);
      compiled.add(new CompiledRoute(routes.get(position), position, predicates));
      if (routes.get(position).listeners().isEmpty()) {
        index.add(position, predicates);
      } else {
        index.addUnproven(position, predicates);
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidRoutesException(problems);
    }
    return new RouteTable(routes, compiled, index.build(hostIncludesPort), version, supported);
  }

  private void support(String text) {
    ApiVersion parsed = ApiVersion.parse(text);
    if (parsed != null) {
      supported.add(parsed);
    }
  }

  /** Notes what other routes need to know of a route; its problems are left to the second pass. */
  private void survey(int position) {
    for (NamedArguments written : routes.get(position).predicates()) {
      try {
        switch (written.name()) {
          case "Weight" -> {
            PredicateArguments arguments = PredicateRegistry.arguments(written);
            weights.add(
                WeightPredicate.group(arguments), position, WeightPredicate.weight(arguments));
          }
          case "Version" -> {
            if (version.detectSupportedVersions()) {
              supported.add(VersionPredicate.version(PredicateRegistry.arguments(written)));
            }
          }
          default -> {}
        }
      } catch (InvalidPredicateException e) {
        // The second pass meets it again and reports it.
      }
    }
  }

  private List<RoutePredicate> compile(int position) {
    Route route = routes.get(position);
    PredicateContext context = new PredicateContext(position, hostIncludesPort, version, weights);
    List<RoutePredicate> predicates = new ArrayList<>(route.predicates().size());
    for (NamedArguments written : route.predicates()) {
      try {
        predicates.add(PredicateRegistry.compile(written, context));
      } catch (InvalidPredicateException e) {
        problems.add(new Problem(route.id(), shown(written), e.reason(), e.remedy()));
      }
    }
    return predicates;
  }

  private static String shown(NamedArguments written) {
    return written.name() + "=" + String.join(",", written.arguments().values());
  }
}
