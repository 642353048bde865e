package io.expressgateway.filter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a raw query, grouped by name in the order of first appearance: how Spring reads
 * a query and writes it again. A value is null when there was no equals sign.
 */
final class QueryParameters {

  private final Map<String, List<@Nullable String>> values = new LinkedHashMap<>();

  private QueryParameters() {}

  /** Names and values as they are in the query. */
  static QueryParameters raw(@Nullable String query) {
    return parse(query, false);
  }

  /** Names and values decoded by the HTML form rule. */
  static QueryParameters decoded(@Nullable String query) {
    return parse(query, true);
  }

  private static QueryParameters parse(@Nullable String query, boolean decode) {
    QueryParameters parameters = new QueryParameters();
    if (query == null) {
      return parameters;
    }
    for (String pair : query.split("&")) {
      // Leading equals signs name nothing; Spring skips them too.
      int from = 0;
      while (from < pair.length() && pair.charAt(from) == '=') {
        from++;
      }
      if (from == pair.length()) {
        continue;
      }
      int equals = pair.indexOf('=', from);
      String name = equals < 0 ? pair.substring(from) : pair.substring(from, equals);
      @Nullable String value = equals < 0 ? null : pair.substring(equals + 1);
      parameters.add(
          decode ? PercentCode.decodeForm(name) : name,
          decode && value != null ? PercentCode.decodeForm(value) : value);
    }
    return parameters;
  }

  /** Adds a parameter behind those of its name. */
  void add(String name, @Nullable String value) {
    values.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
  }

  /** Adds all of another's. */
  void addAll(QueryParameters other) {
    other.values.forEach((name, list) -> list.forEach(value -> add(name, value)));
  }

  /** Removes all of a name; whether there was one. */
  boolean remove(String name) {
    return values.remove(name) != null;
  }

  /** The query with names and values as they are; null when there is none. */
  @Nullable String text() {
    return write(false);
  }

  /** The query with names and values percent-encoded; null when there is none. */
  @Nullable String encoded() {
    return write(true);
  }

  private @Nullable String write(boolean encode) {
    if (values.isEmpty()) {
      return null;
    }
    StringBuilder query = new StringBuilder();
    values.forEach((name, list) -> {
      for (@Nullable String value : list) {
        if (!query.isEmpty()) {
          query.append('&');
        }
        query.append(encode ? PercentCode.encode(name) : name);
        if (value != null) {
          query.append('=').append(encode ? PercentCode.encode(value) : value);
        }
      }
    });
    return query.toString();
  }
}
