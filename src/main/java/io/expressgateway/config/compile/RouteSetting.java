package io.expressgateway.config.compile;

import java.util.List;
import java.util.Set;
import org.springframework.cloud.gateway.filter.FilterDefinition;

/**
 * What routes may refer to.
 *
 * @param clusters names of the configured clusters
 * @param secured names of those that are spoken to over TLS
 * @param listeners names of the listeners
 * @param relayListeners names of those that know no requests
 * @param relayClusters names of those that are given no requests
 * @param defaultFilters filters that every route has beside its own
 * @param failOnError whether one bad route refuses everything
 */
public record RouteSetting(
    Set<String> clusters,
    Set<String> secured,
    Set<String> listeners,
    Set<String> relayListeners,
    Set<String> relayClusters,
    List<FilterDefinition> defaultFilters,
    boolean failOnError) {

  /** Copies the collections. */
  public RouteSetting {
    clusters = Set.copyOf(clusters);
    secured = Set.copyOf(secured);
    listeners = Set.copyOf(listeners);
    relayListeners = Set.copyOf(relayListeners);
    relayClusters = Set.copyOf(relayClusters);
    defaultFilters = List.copyOf(defaultFilters);
  }
}
