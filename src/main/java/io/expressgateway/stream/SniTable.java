package io.expressgateway.stream;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where names lead: exact ones first, then {@code *.example.com} for names of one label more (RFC
 * 9525 section 6.3). Immutable, any thread.
 *
 * @param <T> what is found
 */
final class SniTable<T> {

  private final Map<String, T> exact = new HashMap<>();
  private final Map<String, T> wildcard = new HashMap<>();

  /**
   * A table of these patterns in lower case.
   *
   * @param target what the text beside a pattern stands for
   */
  SniTable(Map<String, String> patterns, Function<String, T> target) {
    patterns.forEach((pattern, text) -> {
      if (pattern.startsWith("*.")) {
        wildcard.put(pattern.substring(2), target.apply(text));
      } else {
        exact.put(pattern, target.apply(text));
      }
    });
  }

  /**
   * What serves a name.
   *
   * @param name in lower case; a dot at its end says nothing (RFC 1034 section 3.1)
   */
  @Nullable T find(String name) {
    String relative = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    T found = exact.get(relative);
    if (found != null) {
      return found;
    }
    int dot = relative.indexOf('.');
    return dot <= 0 ? null : wildcard.get(relative.substring(dot + 1));
  }
}
