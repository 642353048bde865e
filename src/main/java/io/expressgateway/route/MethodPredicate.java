package io.expressgateway.route;

import java.util.List;

/** Method: the method is one of these; letter case counts (RFC 9110 section 9.1). */
record MethodPredicate(List<String> methods) implements RoutePredicate {

  static RoutePredicate compile(PredicateArguments arguments, PredicateContext context) {
    return new MethodPredicate(arguments.list().stream().map(String::strip).toList());
  }

  @Override
  public boolean test(RouteRequest request) {
    String method = request.head().method();
    for (int i = 0; i < methods.size(); i++) {
      if (methods.get(i).equals(method)) {
        return true;
      }
    }
    return false;
  }
}
