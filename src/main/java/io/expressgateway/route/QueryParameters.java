package io.expressgateway.route;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a raw query as Spring reads them: pairs between ampersands, decoded as a form;
 * a pair without a name is none, and one without an equals sign has no value.
 */
final class QueryParameters {

  private QueryParameters() {}

  /** Whether {@code accepts} holds for some value of {@code name}; null stands for no value. */
  static boolean any(String query, String name, Predicate<@Nullable String> accepts) {
    int from = 0;
    while (from <= query.length()) {
      int ampersand = query.indexOf('&', from);
      int end = ampersand < 0 ? query.length() : ampersand;
      while (from < end && query.charAt(from) == '=') {
        from++;
      }
      int equals = query.indexOf('=', from);
      int nameEnd = equals < 0 || equals > end ? end : equals;
      if (nameEnd > from && PercentDecoder.decodeQuery(query, from, nameEnd).equals(name)) {
        String value = nameEnd == end ? null : PercentDecoder.decodeQuery(query, nameEnd + 1, end);
        if (accepts.test(value)) {
          return true;
        }
      }
      from = end + 1;
    }
    return false;
  }

  /** The first value of {@code name}; null when there is none. */
  static @Nullable String first(String query, String name) {
    String[] found = new String[1];
    any(
        query,
        name,
        value -> {
          found[0] = value == null ? "" : value;
          return true;
        });
    return found[0];
  }
}
