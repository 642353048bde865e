package io.expressgateway.route;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One route: facts as configured, without anything compiled.
 *
 * @param id unique in a table
 * @param order lower is tried earlier; routes of equal order are tried as listed
 * @param uri as written, for display: {@code lb://orders}, {@code http://host:port}
 * @param cluster the name of the cluster that serves it
 * @param predicates all must hold; none at all matches everything
 * @param filters in the order in which they run, default filters included
 * @param metadata as written
 * @param listeners the names of the listeners that it serves; empty for every http and https
 *     listener
 */
public record Route(
    String id,
    int order,
    String uri,
    String cluster,
    List<NamedArguments> predicates,
    List<NamedArguments> filters,
    Map<String, Object> metadata,
    Set<String> listeners) {

  /** Copies the collections. */
  public Route {
    predicates = List.copyOf(predicates);
    filters = List.copyOf(filters);
    metadata = Map.copyOf(metadata);
    listeners = Set.copyOf(listeners);
  }
}
