package io.expressgateway.route;

import org.jspecify.annotations.Nullable;

/**
 * Query: there is a parameter of this name; with an expression, one whose value matches the whole
 * of it. Names and values are compared decoded.
 */
record QueryPredicate(String param, @Nullable TextRule rule) implements RoutePredicate {

  static RoutePredicate compile(PredicateArguments arguments, PredicateContext context) {
    String regexp = arguments.optional("regexp");
    return new QueryPredicate(
        arguments.required("param"),
        regexp == null || regexp.isBlank() ? null : TextRule.compile(arguments, regexp));
  }

  @Override
  public boolean test(RouteRequest request) {
    String query = request.head().query();
    return query != null && QueryParameters.any(query, param, this::accepts);
  }

  private boolean accepts(@Nullable String value) {
    return rule == null || (value != null && rule.matches(value));
  }
}
