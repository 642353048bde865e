package io.expressgateway.cluster;

import io.expressgateway.cluster.Endpoint.Health;
import java.util.List;

/**
 * Who may be picked.
 *
 * <p>An endpoint that drains or has weight 0 takes no new work, whatever happens. Of the others
 * those are used that pass their checks and are not ejected. When these are fewer than the panic
 * threshold, it is likelier that the picture is wrong, or that the few would drown, than that so
 * many endpoints are useless: then all are used again (Envoy's panic threshold). One exception:
 * when active checks have found every one unhealthy there is nobody to try, and the answer is an
 * immediate "no healthy endpoint" rather than a slow failure.
 *
 * @param usable in configuration order
 * @param panicking whether the panic threshold decided
 */
record Eligibility(List<Endpoint> usable, boolean panicking) {

  static Eligibility of(List<Endpoint> endpoints, int panicThresholdPercent) {
    List<Endpoint> working = endpoints.stream().filter(Eligibility::takesWork).toList();
    List<Endpoint> available = working.stream().filter(Eligibility::isSound).toList();
    boolean anyPasses = working.stream().anyMatch(e -> e.health() != Health.UNHEALTHY);
    boolean panicking =
        anyPasses && available.size() * 100L < (long) panicThresholdPercent * working.size();
    return new Eligibility(panicking ? working : available, panicking);
  }

  static boolean isAvailable(Endpoint endpoint) {
    return takesWork(endpoint) && isSound(endpoint);
  }

  private static boolean takesWork(Endpoint endpoint) {
    return endpoint.weight() > 0 && !endpoint.isDraining();
  }

  private static boolean isSound(Endpoint endpoint) {
    return endpoint.health() != Health.UNHEALTHY && !endpoint.isEjected();
  }
}
