package io.expressgateway.route;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;

/** Cookie: some cookie of this name has a value that matches the whole expression. */
record CookiePredicate(String name, TextRule rule) implements RoutePredicate {

  static RoutePredicate compile(PredicateArguments arguments, PredicateContext context) {
    return new CookiePredicate(
        arguments.required("name"), TextRule.compile(arguments, arguments.required("regexp")));
  }

  @Override
  public boolean test(RouteRequest request) {
    HeaderBlock headers = request.head().headers();
    for (int i = headers.indexOf(HeaderName.COOKIE);
        i >= 0;
        i = headers.indexOf(HeaderName.COOKIE, i + 1)) {
      if (holds(headers.value(i))) {
        return true;
      }
    }
    return false;
  }

  /** Looks through one Cookie field (RFC 6265 section 4.2.1). */
  private boolean holds(String pairs) {
    int from = 0;
    while (from < pairs.length()) {
      int semicolon = pairs.indexOf(';', from);
      int end = semicolon < 0 ? pairs.length() : semicolon;
      while (from < end && pairs.charAt(from) <= ' ') {
        from++;
      }
      int behind = from + name.length();
      if (behind < end && pairs.startsWith(name, from) && pairs.charAt(behind) == '=') {
        if (rule.matches(unquoted(pairs.substring(behind + 1, end).strip()))) {
          return true;
        }
      }
      from = end + 1;
    }
    return false;
  }

  private static String unquoted(String value) {
    int last = value.length() - 1;
    return last > 0 && value.charAt(0) == '"' && value.charAt(last) == '"'
        ? value.substring(1, last)
        : value;
  }
}
