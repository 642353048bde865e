package io.expressgateway.admin;

import java.util.List;

/**
 * The predicate and filter names that this build compiles.
 *
 * @param predicates short names, as in {@code Path}
 * @param filters short names, as in {@code StripPrefix}
 */
public record RouteVocabulary(List<String> predicates, List<String> filters) {

  /** Says nothing, so that nothing is refused by name before the refresh looks at it. */
  public static final RouteVocabulary EMPTY = new RouteVocabulary(List.of(), List.of());

  /** Copies the lists. */
  public RouteVocabulary {
    predicates = List.copyOf(predicates);
    filters = List.copyOf(filters);
  }
}
