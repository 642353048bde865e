package io.expressgateway.route;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;

/**
 * After, Before and Between: the wall clock lies strictly behind {@code from} and strictly ahead of
 * {@code to}.
 */
record TimePredicate(Instant from, Instant to) implements RoutePredicate {

  static RoutePredicate after(PredicateArguments arguments, PredicateContext context) {
    return new TimePredicate(instant(arguments, "datetime"), Instant.MAX);
  }

  static RoutePredicate before(PredicateArguments arguments, PredicateContext context) {
    return new TimePredicate(Instant.MIN, instant(arguments, "datetime"));
  }

  static RoutePredicate between(PredicateArguments arguments, PredicateContext context) {
    Instant from = instant(arguments, "datetime1");
    Instant to = instant(arguments, "datetime2");
    if (!from.isBefore(to)) {
      throw arguments.invalid("has a datetime1 that is not before datetime2", "swap the two");
    }
    return new TimePredicate(from, to);
  }

  private static Instant instant(PredicateArguments arguments, String name) {
    String text = arguments.required(name).strip();
    try {
      return Instant.ofEpochMilli(Long.parseLong(text));
    } catch (NumberFormatException notMillis) {
      return zoned(arguments, name, text);
    }
  }

  private static Instant zoned(PredicateArguments arguments, String name, String text) {
    try {
      return ZonedDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw arguments.invalid(
          "has the " + name + " '" + text + "'",
          "write 2031-01-20T17:42:47.789-07:00[America/Denver] or milliseconds since 1970");
    }
  }

  @Override
  public boolean test(RouteRequest request) {
    Instant now = request.now();
    return now.isAfter(from) && now.isBefore(to);
  }
}
