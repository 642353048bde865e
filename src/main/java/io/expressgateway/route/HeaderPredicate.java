package io.expressgateway.route;

import io.expressgateway.message.HeaderBlock;
import org.jspecify.annotations.Nullable;

/**
 * Header: some element of a field of this name, read as a comma-separated list (RFC 9110 section
 * 5.6.1), matches the whole expression; without an expression, there is such an element at all.
 */
record HeaderPredicate(String header, @Nullable TextRule rule) implements RoutePredicate {

  static RoutePredicate compile(PredicateArguments arguments, PredicateContext context) {
    String regexp = arguments.optional("regexp");
    return new HeaderPredicate(
        arguments.required("header"), regexp == null ? null : TextRule.compile(arguments, regexp));
  }

  @Override
  public boolean test(RouteRequest request) {
    HeaderBlock headers = request.head().headers();
    for (int i = headers.indexOf(header); i >= 0; i = headers.indexOf(header, i + 1)) {
      if (holds(headers.value(i))) {
        return true;
      }
    }
    return false;
  }

  private boolean holds(String value) {
    if (value.indexOf(',') < 0 && value.indexOf('"') < 0) {
      return accepts(value.strip());
    }
    StringBuilder element = new StringBuilder(value.length());
    boolean quoted = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (quoted) {
        if (c == '"') {
          quoted = false;
        } else {
          element.append(c == '\\' && i + 1 < value.length() ? value.charAt(++i) : c);
        }
      } else if (c == ',') {
        if (accepts(element.toString().strip())) {
          return true;
        }
        element.setLength(0);
      } else if (c == '"' && element.toString().isBlank()) {
        quoted = true;
      } else {
        element.append(c);
      }
    }
    return accepts(element.toString().strip());
  }

  private boolean accepts(String element) {
    return !element.isEmpty() && (rule == null || rule.matches(element));
  }
}
