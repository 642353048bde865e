package io.expressgateway.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A text with {@code {name}} places, as filters such as SetPath have it; {@code {name:anything}} is
 * read as {@code {name}}. A brace that is not closed is text.
 *
 * <p>Immutable; any thread.
 */
public final class UriTemplate {

  private final String text;
  private final List<String> literals = new ArrayList<>();
  private final List<String> variables = new ArrayList<>();

  private UriTemplate(String text) {
    this.text = text;
    int from = 0;
    int open = text.indexOf('{');
    while (open >= 0) {
      int close = text.indexOf('}', open);
      if (close < 0) {
        break;
      }
      literals.add(text.substring(from, open));
      String content = text.substring(open + 1, close);
      int colon = content.indexOf(':');
      variables.add(colon < 0 ? content : content.substring(0, colon));
      from = close + 1;
      open = text.indexOf('{', from);
    }
    literals.add(text.substring(from));
  }

  /** Reads a template; every text is one. */
  public static UriTemplate parse(String text) {
    return new UriTemplate(text);
  }

  /** The names in the order in which they occur; empty for a plain text. */
  public List<String> variables() {
    return List.copyOf(variables);
  }

  /**
   * The text with every place filled in; values are inserted as they are.
   *
   * @throws IllegalArgumentException when a variable has no value
   */
  public String expand(Map<String, String> values) {
    if (variables.isEmpty()) {
      return text;
    }
    StringBuilder expanded = new StringBuilder(text.length() + 32);
    for (int i = 0; i < variables.size(); i++) {
      String value = values.get(variables.get(i));
      if (value == null) {
        throw new IllegalArgumentException(
            "no predicate of the route captured '" + variables.get(i) + "' for '" + text + "'");
      }
      expanded.append(literals.get(i)).append(value);
    }
    return expanded.append(literals.getLast()).toString();
  }

  /** The text as written. */
  @Override
  public String toString() {
    return text;
  }
}
