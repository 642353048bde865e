package io.expressgateway.route;

import java.util.Map;

/**
 * One condition of a route, compiled. Answers from the request alone and gives the same answer
 * whenever it is asked about the same request, so that routes may be tried in any order.
 *
 * <p>Immutable; any thread.
 */
public interface RoutePredicate {

  /** Whether the condition holds. */
  boolean test(RouteRequest request);

  /** Whether {@link #capture} can add anything. */
  default boolean hasVariables() {
    return false;
  }

  /** Adds the URI template variables of a request for which the condition holds. */
  default void capture(RouteRequest request, Map<String, String> variables) {}
}
