package io.expressgateway.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A configured text with URI template variables, compiled once: {@code {segment}} stands for what a
 * predicate captured.
 *
 * <p>Equal to Spring Cloud Gateway's {@code ServerWebExchangeUtils.expand}, with its two quirks: a
 * variable may carry a regular expression ({@code {id:\d+}}) that is ignored, and a text that has
 * any variable gets its double slashes collapsed, because it is expanded as a path there.
 */
final class Template {

  private static final Pattern VARIABLE = Pattern.compile("\\{([^/]+?)}");

  /** Literal texts; {@code names[i]} stands between {@code literals[i]} and the next. */
  private final List<String> literals;

  private final List<String> names;

  private Template(List<String> literals, List<String> names) {
    this.literals = literals;
    this.names = names;
  }

  /** Compiles a text; a text without a brace is itself. */
  static Template compile(String text) {
    return text.indexOf('{') < 0
        ? new Template(List.of(text), List.of())
        : compileExactly(collapseSlashes(text));
  }

  /** Compiles a text without touching its slashes. */
  static Template compileExactly(String text) {
    String flat = text.indexOf(':') < 0 ? text : dropNestedBraces(text);
    List<String> literals = new ArrayList<>();
    List<String> names = new ArrayList<>();
    Matcher matcher = VARIABLE.matcher(flat);
    int from = 0;
    while (matcher.find()) {
      literals.add(flat.substring(from, matcher.start()));
      String name = matcher.group(1);
      int colon = name.indexOf(':');
      names.add(colon < 0 ? name : name.substring(0, colon));
      from = matcher.end();
    }
    literals.add(flat.substring(from));
    return new Template(List.copyOf(literals), List.copyOf(names));
  }

  static String collapseSlashes(String text) {
    String collapsed = text;
    while (collapsed.contains("//")) {
      collapsed = collapsed.replace("//", "/");
    }
    return collapsed;
  }

  /** {@code {a:[0-9]{2}}} becomes {@code {a:[0-9]}}: the expression is not used anyway. */
  private static String dropNestedBraces(String text) {
    StringBuilder flat = new StringBuilder(text.length());
    int level = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '{') {
        level++;
      } else if (c == '}') {
        level--;
      }
      if (level > 1 || (level == 1 && c == '}')) {
        continue;
      }
      flat.append(c);
    }
    return flat.toString();
  }

  /** Whether expanding needs any variable. */
  boolean hasVariables() {
    return !names.isEmpty();
  }

  /** The text before the first variable. */
  String literalStart() {
    return literals.getFirst();
  }

  /**
   * The text with the exchange's variables.
   *
   * @throws IllegalArgumentException when the route's predicates captured no such variable
   */
  String expand(FilterExchange exchange) {
    return names.isEmpty() ? literals.getFirst() : expand(exchange.variables());
  }

  /** The text with these variables; as {@link #expand(FilterExchange)}. */
  String expand(Map<String, String> variables) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      text.append(literals.get(i));
      @Nullable String value = variables.get(names.get(i));
      if (value == null) {
        throw new IllegalArgumentException(
            "no predicate of the route captured '" + names.get(i) + "'");
      }
      text.append(value);
    }
    return text.append(literals.getLast()).toString();
  }
}
