package io.expressgateway.route;

import io.expressgateway.message.RequestHead;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Host: some pattern matches the authority of the request, with or without its port. */
record HostPredicate(List<HostPattern> patterns, boolean includesPort) implements RoutePredicate {

  static RoutePredicate compile(PredicateArguments arguments, PredicateContext context) {
    return new HostPredicate(
        arguments.list().stream().map(HostPattern::parse).toList(), context.hostIncludesPort());
  }

  /** The text that patterns are compared with. */
  static String subject(RequestHead head, boolean includesPort) {
    return includesPort ? head.authority() : head.host();
  }

  private @Nullable HostPattern matching(String host) {
    if (host.isEmpty()) {
      return null;
    }
    for (int i = 0; i < patterns.size(); i++) {
      if (patterns.get(i).matches(host)) {
        return patterns.get(i);
      }
    }
    return null;
  }

  @Override
  public boolean test(RouteRequest request) {
    return matching(subject(request.head(), includesPort)) != null;
  }

  @Override
  public boolean hasVariables() {
    return patterns.stream().anyMatch(HostPattern::hasVariables);
  }

  @Override
  public void capture(RouteRequest request, Map<String, String> variables) {
    String host = subject(request.head(), includesPort);
    HostPattern pattern = matching(host);
    if (pattern != null) {
      pattern.capture(host, variables);
    }
  }
}
