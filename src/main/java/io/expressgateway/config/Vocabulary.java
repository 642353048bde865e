package io.expressgateway.config;

import io.expressgateway.route.NamedArguments;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What the data plane can do, asked by name, so that configuration need not know how it does it.
 *
 * @param balancers the names of the load balancing algorithms
 * @param predicateProblem why a predicate cannot be used, or empty when it can
 * @param filterProblem why a filter cannot be used, or empty when it can
 */
public record Vocabulary(
    Set<String> balancers,
    Function<NamedArguments, Optional<String>> predicateProblem,
    Function<NamedArguments, Optional<String>> filterProblem) {

  /** Copies the set. */
  public Vocabulary {
    balancers = Set.copyOf(balancers);
  }
}
