package io.expressgateway.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one predicate under the names that its factory knows, whether they were written
 * in the shortcut form ({@code _genkey_0}, ...) or by name (dashes and case aside, as Spring binds
 * them).
 */
final class PredicateArguments {

  private static final String GENERATED = "_genkey_";

  private final PredicateType type;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final List<String> gathered = new ArrayList<>();

  PredicateArguments(PredicateType type, NamedArguments written) {
    this.type = type;
    int index = 0;
    for (Map.Entry<String, String> entry : written.arguments().entrySet()) {
      add(entry.getKey(), entry.getValue(), index++);
    }
    if (type.shortcut() == PredicateType.Shortcut.GATHER_LIST_TAIL_FLAG && gathered.size() > 1) {
      String tail = gathered.getLast();
      if (tail.equalsIgnoreCase("true") || tail.equalsIgnoreCase("false")) {
        values.put(type.arguments().get(1), gathered.removeLast());
      }
    }
  }

  private void add(String key, String value, int index) {
    boolean gathers = type.shortcut() != PredicateType.Shortcut.DEFAULT;
    if (key.startsWith(GENERATED)) {
      if (gathers) {
        gathered.add(value);
      } else if (index < type.arguments().size()) {
        values.put(type.arguments().get(index), value);
      } else {
        throw invalid(
            "has more arguments than the " + type.arguments().size() + " it takes",
            "write it with 'name' and 'args' when a value holds a comma");
      }
      return;
    }
    // A list arrives as patterns[0], patterns[1] or as patterns.0, patterns.1.
    String name = canonical(key.replaceFirst("(\\[|\\.)\\d+\\]?$", ""));
    for (int i = 0; i < type.arguments().size(); i++) {
      String known = type.arguments().get(i);
      if (sameName(name, known)) {
        if (gathers && i == 0) {
          gathered.add(value);
        } else {
          values.put(known, value);
        }
        return;
      }
    }
    if (gathers && isSingularOf(name, type.arguments().getFirst())) {
      gathered.add(value);
      return;
    }
    throw invalid(
        "has no argument '" + key + "'", "it takes " + String.join(", ", type.arguments()));
  }

  private static String canonical(String name) {
    return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }

  private static boolean sameName(String canonical, String known) {
    String name = canonical(known);
    return canonical.equals(name) || canonical.equals(name.substring(name.indexOf('.') + 1));
  }

  /** Spring Cloud Gateway takes any name for a list; its documents use the singular. */
  private static boolean isSingularOf(String name, String known) {
    return known.equals(name + "s");
  }

  /** What they are arguments of. */
  PredicateType type() {
    return type;
  }

  /** The list of a gathering predicate. */
  List<String> list() {
    if (gathered.isEmpty()) {
      throw invalid("has no value", "write at least one of its " + type.arguments().getFirst());
    }
    return gathered;
  }

  /** An argument without which the predicate means nothing. */
  String required(String name) {
    String value = values.get(name);
    if (value == null || value.isEmpty()) {
      throw invalid("has no '" + name + "'", "it takes " + String.join(", ", type.arguments()));
    }
    return value;
  }

  /** An argument that may be missing. */
  @Nullable String optional(String name) {
    return values.get(name);
  }

  /** A whole number that is at least {@code least}. */
  int number(String name, int least, String value) {
    try {
      int number = Integer.parseInt(value.strip());
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through to the one sentence that serves both.
    }
    throw invalid(
        "has the " + name + " '" + value + "'", "write a whole number of at least " + least);
  }

  /** The exception for an argument that cannot be used. */
  InvalidPredicateException invalid(String reason, String remedy) {
    return new InvalidPredicateException("predicate " + type.name() + " " + reason, remedy);
  }
}
