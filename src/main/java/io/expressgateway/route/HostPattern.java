package io.expressgateway.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A host pattern with the syntax and the meaning of Spring's Ant-style matcher over labels: {@code
 * *} one label, {@code **} any number of labels, none included, {@code ?} one character, {@code
 * {name}} and {@code {name:regex}} a variable. Empty labels do not count, but a leading or trailing
 * dot does. Letter case does not count, because it does not in host names (RFC 9110 section 4.2.3).
 *
 * <p>Immutable; any thread.
 */
public final class HostPattern {

  private final String text;
  private final Label[] labels;
  private final boolean leadingDot;
  private final boolean trailingDot;
  private final String literalTail;
  private final Shape shape;
  private final boolean hasAny;

  /** What the fast comparison may rely on. */
  private enum Shape {
    LITERAL,
    ANY_LABELS_AND_LITERAL,
    GENERAL
  }

  /** One label: {@code **} (no literal, no glob), a literal in lower case, or a glob. */
  private record Label(@Nullable String literal, @Nullable Glob glob) {

    boolean isAny() {
      return literal == null && glob == null;
    }

    boolean matches(String label) {
      return literal != null ? equalsFolded(label, 0, label.length(), literal) : globMatches(label);
    }

    private boolean globMatches(String label) {
      return glob != null && glob.matches(label);
    }
  }

  private HostPattern(String text, List<Label> labels) {
    this.text = text;
    this.labels = labels.toArray(Label[]::new);
    this.leadingDot = text.startsWith(".");
    this.trailingDot = text.endsWith(".");
    this.literalTail = literalTail(labels);
    this.shape = shape(labels);
    this.hasAny = labels.stream().anyMatch(Label::isAny);
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException with a sentence for the operator when a regular expression in
   *     it is malformed or has capturing groups
   */
  public static HostPattern parse(String text) {
    List<Label> labels = new ArrayList<>();
    for (String label : labels(text)) {
      if (label.equals("**")) {
        labels.add(new Label(null, null));
      } else if (Glob.isLiteral(label)) {
        labels.add(new Label(label.toLowerCase(Locale.ROOT), null));
      } else {
        labels.add(new Label(null, Glob.compile(label, Pattern.CASE_INSENSITIVE | Pattern.DOTALL)));
      }
    }
    return new HostPattern(text, labels);
  }

  /** The labels of a host that are not empty. */
  static List<String> labels(String host) {
    List<String> labels = new ArrayList<>(4);
    int from = 0;
    while (from <= host.length()) {
      int dot = host.indexOf('.', from);
      int end = dot < 0 ? host.length() : dot;
      if (end > from) {
        labels.add(host.substring(from, end));
      }
      from = end + 1;
    }
    return labels;
  }

  private static String literalTail(List<Label> labels) {
    StringBuilder tail = new StringBuilder();
    for (int i = labels.size() - 1; i >= 0; i--) {
      String literal = labels.get(i).literal();
      if (literal == null) {
        break;
      }
      tail.insert(0, tail.isEmpty() ? literal : literal + ".");
    }
    return tail.toString();
  }

  private static Shape shape(List<Label> labels) {
    if (labels.stream().allMatch(label -> label.literal() != null)) {
      return Shape.LITERAL;
    }
    boolean literalBehind = labels.stream().skip(1).allMatch(label -> label.literal() != null);
    return labels.size() > 1 && labels.getFirst().isAny() && literalBehind
        ? Shape.ANY_LABELS_AND_LITERAL
        : Shape.GENERAL;
  }

  /** Whether every label is a literal. */
  boolean isLiteral() {
    return shape == Shape.LITERAL;
  }

  /** The literal labels with which every matching host ends, in lower case; may be empty. */
  String literalTail() {
    return literalTail;
  }

  /** Whether the pattern has variables. */
  public boolean hasVariables() {
    for (Label label : labels) {
      if (label.glob() != null && !label.glob().names().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Whether a host, with its port when the pattern is meant for that, matches. */
  public boolean matches(String host) {
    if (host.startsWith(".") != leadingDot) {
      return false;
    }
    if (shape != Shape.GENERAL && isRegular(host) && !leadingDot && !trailingDot) {
      return matchesTail(host);
    }
    return matches(0, labels(host), 0, host.endsWith("."), null);
  }

  private boolean matchesTail(String host) {
    int from = host.length() - literalTail.length();
    if (from < 0 || (from > 0 && (shape == Shape.LITERAL || host.charAt(from - 1) != '.'))) {
      return false;
    }
    return equalsFolded(host, from, host.length(), literalTail);
  }

  /** Adds the variables of a host that matches. */
  public void capture(String host, Map<String, String> variables) {
    if (host.startsWith(".") == leadingDot) {
      matches(0, labels(host), 0, host.endsWith("."), variables);
    }
  }

  private boolean matches(
      int index, List<String> host, int pos, boolean dotAtEnd, @Nullable Map<String, String> out) {
    if (index == labels.length) {
      return pos == host.size() && (endsInAny() || dotAtEnd == trailingDot);
    }
    Label label = labels[index];
    if (label.isAny()) {
      for (int next = pos; next <= host.size(); next++) {
        if (matches(index + 1, host, next, dotAtEnd, out)) {
          return true;
        }
      }
      return false;
    }
    if (pos == host.size()) {
      // Spring lets a last star stand for the empty label behind a trailing dot.
      return dotAtEnd && index == labels.length - 1 && !hasAny && isStar(label);
    }
    String value = host.get(pos);
    if (!label.matches(value) || !matches(index + 1, host, pos + 1, dotAtEnd, out)) {
      return false;
    }
    if (out != null && label.glob() != null) {
      label.glob().capture(value, out);
    }
    return true;
  }

  private boolean endsInAny() {
    return labels.length > 0 && labels[labels.length - 1].isAny();
  }

  private static boolean isStar(Label label) {
    return label.glob() != null && label.glob().isStar();
  }

  /** Whether a host has no empty label. */
  static boolean isRegular(String host) {
    return !host.isEmpty()
        && host.charAt(0) != '.'
        && host.charAt(host.length() - 1) != '.'
        && !host.contains("..");
  }

  private static boolean equalsFolded(String host, int from, int to, String lower) {
    if (to - from != lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      if (RegionMap.fold(host.charAt(from + i)) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The text as written. */
  @Override
  public String toString() {
    return text;
  }
}
