package io.expressgateway.filter;

import io.expressgateway.route.NamedArguments;
import java.util.LinkedHashMap;
import java.util.Map;

/** Filters as routes write them. */
final class Filters {

  private Filters() {}

  /** Arguments of a short form such as {@code StripPrefix=1}, split at commas as Spring does. */
  static NamedArguments shortcut(String definition) {
    int equals = definition.indexOf('=');
    Map<String, String> arguments = new LinkedHashMap<>();
    if (equals < 0) {
      return new NamedArguments(definition, arguments);
    }
    for (String value : definition.substring(equals + 1).split(",")) {
      if (!value.isBlank()) {
        arguments.put("_genkey_" + arguments.size(), value.strip());
      }
    }
    return new NamedArguments(definition.substring(0, equals), arguments);
  }

  /** The long form: names and values in turn. */
  static NamedArguments named(String name, String... arguments) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      map.put(arguments[i], arguments[i + 1]);
    }
    return new NamedArguments(name, map);
  }

  static HttpFilter of(String shortcut) {
    return new FilterRegistry().create(shortcut(shortcut));
  }

  static HttpFilter of(String name, String... arguments) {
    return new FilterRegistry().create(named(name, arguments));
  }
}
