package io.expressgateway.admin;

import io.expressgateway.route.NamedArguments;
import org.jspecify.annotations.Nullable;

/** Predicates and filters as text, in the manner of Spring Cloud Gateway's endpoint. */
final class RouteText {

  private RouteText() {}

  /** {@code Path=/a/**,/b/**}: the shortcut form when it was written so, else names and values. */
  static String of(NamedArguments part) {
    StringBuilder text = new StringBuilder(part.name());
    char separator = '=';
    for (var argument : part.arguments().entrySet()) {
      text.append(separator);
      if (!argument.getKey().startsWith("_genkey_")) {
        text.append(argument.getKey()).append(':');
      }
      text.append(argument.getValue());
      separator = ',';
    }
    return text.toString();
  }

  /** {@code [[StripPrefix=1], order = 1]}. */
  static String ordered(NamedArguments filter, int order) {
    return "[[" + of(filter) + "], order = " + order + "]";
  }

  /** A text from an API as it may stand in a log line. */
  static String plain(@Nullable String text) {
    return text == null ? "" : text.replaceAll("[\\p{Cntrl}]", "?");
  }
}
