package io.expressgateway.filter;

import io.expressgateway.message.HeaderBlock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code DedupeResponseHeader=names, strategy}: leaves one of several fields of a name, or each
 * value once. Names are separated by spaces.
 */
final class DedupeResponseHeader implements HttpFilter {

  /** What stays. */
  enum Strategy {
    /** The first field. */
    RETAIN_FIRST,
    /** The last field. */
    RETAIN_LAST,
    /** The first field of every value. */
    RETAIN_UNIQUE
  }

  private final List<String> names;
  private final Strategy strategy;

  DedupeResponseHeader(Arguments arguments) {
    names =
        List.of(arguments.text("name").strip().split(" +")).stream()
            .map(name -> arguments.headerName("name", name))
            .filter(name -> !Framing.owns(name))
            .toList();
    strategy = arguments.choice("strategy", Strategy.RETAIN_FIRST);
  }

  @Override
  public void onResponseHead(FilterExchange exchange) {
    HeaderBlock headers = exchange.response().headers();
    for (String name : names) {
      List<String> values = headers.all(name);
      if (values.size() > 1) {
        switch (strategy) {
          case RETAIN_FIRST -> headers.set(name, values.getFirst());
          case RETAIN_LAST -> headers.set(name, values.getLast());
          case RETAIN_UNIQUE -> retainUnique(headers, name);
        }
      }
    }
  }

  private static void retainUnique(HeaderBlock headers, String name) {
    Set<String> seen = new HashSet<>();
    int i = headers.indexOf(name);
    while (i >= 0) {
      if (seen.add(headers.value(i))) {
        i = headers.indexOf(name, i + 1);
      } else {
        headers.remove(i);
        i = headers.indexOf(name, i);
      }
    }
  }
}
