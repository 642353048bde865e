package io.expressgateway.route;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A predicate or filter as a route names it: {@code Path=/a/**} or a name with arguments. Arguments
 * are as Spring Cloud Gateway hands them over: by name, or {@code _genkey_0}, {@code _genkey_1},
 * ... for the shortcut form.
 *
 * @param name the factory's short name, as in {@code Path} or {@code StripPrefix}
 * @param arguments in the order written; never changed
 */
public record NamedArguments(String name, Map<String, String> arguments) {

  /** Copies the arguments, keeping their order. */
  public NamedArguments {
    arguments = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
  }
}
