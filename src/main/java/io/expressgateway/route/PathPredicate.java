package io.expressgateway.route;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Path: some pattern matches the raw path. The flag {@code matchTrailingSlash} is read and has no
 * effect, as in Spring Cloud Gateway 5.0: a trailing slash always counts.
 */
record PathPredicate(List<PathPattern> patterns) implements RoutePredicate {

  static RoutePredicate compile(PredicateArguments arguments, PredicateContext context) {
    String flag = arguments.optional("matchTrailingSlash");
    if (flag != null && !flag.equalsIgnoreCase("true") && !flag.equalsIgnoreCase("false")) {
      throw arguments.invalid("has the matchTrailingSlash '" + flag + "'", "write true or false");
    }
    return new PathPredicate(arguments.list().stream().map(PathPattern::parse).toList());
  }

  private @Nullable PathPattern matching(String path) {
    for (int i = 0; i < patterns.size(); i++) {
      if (patterns.get(i).matches(path)) {
        return patterns.get(i);
      }
    }
    return null;
  }

  @Override
  public boolean test(RouteRequest request) {
    return matching(request.head().path()) != null;
  }

  @Override
  public boolean hasVariables() {
    return patterns.stream().anyMatch(PathPattern::hasVariables);
  }

  @Override
  public void capture(RouteRequest request, Map<String, String> variables) {
    PathPattern pattern = matching(request.head().path());
    Map<String, String> captured = pattern == null ? null : pattern.match(request.head().path());
    if (captured != null) {
      variables.putAll(captured);
    }
  }
}
