package io.expressgateway.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * One segment of a path or host pattern that is more than a literal: text with {@code ?}, {@code
 * *}, {@code {name}} and {@code {name:regex}}, compiled to one regular expression that must match
 * the whole segment. Only patterns that ask for it pay for it.
 */
final class Glob {

  private final Pattern pattern;
  private final List<String> names;

  private Glob(Pattern pattern, List<String> names) {
    this.pattern = pattern;
    this.names = names;
  }

  /** Whether the text has anything that a {@link Glob} gives a meaning to. */
  static boolean isLiteral(String text) {
    return text.indexOf('?') < 0 && text.indexOf('*') < 0 && text.indexOf('{') < 0;
  }

  /**
   * Compiles a segment.
   *
   * @param flags of {@link Pattern}
   * @throws IllegalArgumentException with a sentence when a regular expression in it is malformed
   *     or has capturing groups of its own
   */
  static Glob compile(String text, int flags) {
    StringBuilder regex = new StringBuilder();
    List<String> names = new ArrayList<>(2);
    int literal = 0;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      int end = c == '{' ? closingBrace(text, i) : c == '?' || c == '*' ? i + 1 : -1;
      if (end < 0) {
        i++;
        continue;
      }
      quote(regex, text, literal, i);
      switch (c) {
        case '?' -> regex.append('.');
        case '*' -> regex.append(".*");
        default -> variable(text.substring(i + 1, end - 1), regex, names);
      }
      i = end;
      literal = end;
    }
    quote(regex, text, literal, text.length());
    return new Glob(regex(regex.toString(), flags, names.size(), text), List.copyOf(names));
  }

  private static void quote(StringBuilder regex, String text, int from, int to) {
    if (from < to) {
      regex.append(Pattern.quote(text.substring(from, to)));
    }
  }

  private static void variable(String content, StringBuilder regex, List<String> names) {
    int colon = content.indexOf(':');
    names.add(colon < 0 ? content : content.substring(0, colon));
    regex.append('(').append(colon < 0 ? ".*" : content.substring(colon + 1)).append(')');
  }

  /** Compiles a regular expression that must have exactly {@code groups} capturing groups. */
  static Pattern regex(String regex, int flags, int groups, String within) {
    Pattern pattern;
    try {
      pattern = Pattern.compile(regex, flags);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'" + within + "' holds a malformed regular expression: " + e.getDescription(), e);
    }
    if (pattern.matcher("").groupCount() != groups) {
      throw new IllegalArgumentException(
          "'" + within + "' has a capturing group in a regular expression; write (?:...) instead");
    }
    return pattern;
  }

  /** The offset behind the brace that closes the one at {@code open}; -1 when there is none. */
  private static int closingBrace(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        return i == open + 1 ? -1 : i + 1;
      }
    }
    return -1;
  }

  /** Whether this is a lone {@code *}. */
  boolean isStar() {
    return pattern.pattern().equals(".*");
  }

  /** The variables in the order of their groups. */
  List<String> names() {
    return names;
  }

  /** Whether the whole of {@code value} matches. */
  boolean matches(String value) {
    return pattern.matcher(value).matches();
  }

  /** Adds the variables of a value that matches. */
  void capture(String value, Map<String, String> variables) {
    Matcher matcher = pattern.matcher(value);
    if (matcher.matches()) {
      for (int i = 0; i < names.size(); i++) {
        String captured = matcher.group(i + 1);
        variables.put(names.get(i), captured == null ? "" : captured);
      }
    }
  }
}
