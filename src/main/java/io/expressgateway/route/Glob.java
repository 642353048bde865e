package io.expressgateway.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * One segment of a path or host pattern that is more than a literal: text with {@code ?}, {@code
 * *}, {@code {name}} and {@code {name:regex}}, compiled to one regular expression that must match
 * the whole segment. Only patterns that ask for it pay for it.
 */
final class Glob {

  // In a mask: any run of characters, and any one character. Neither can stand in a request.
  private static final char ANY_RUN = '\uffff';
  private static final char ANY_ONE = '\ufffe';

  private final Pattern pattern;
  private final List<String> names;
  private final @Nullable String mask;
  private final boolean ignoresCase;

  private Glob(Pattern pattern, List<String> names, @Nullable String mask) {
    this.pattern = pattern;
    this.names = names;
    this.mask = mask;
    this.ignoresCase = (pattern.flags() & Pattern.CASE_INSENSITIVE) != 0;
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
    StringBuilder mask = new StringBuilder();
    boolean isPlain = true;
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
      mask.append(text, literal, i).append(c == '?' ? ANY_ONE : ANY_RUN);
      switch (c) {
        case '?' -> regex.append('.');
        case '*' -> regex.append(".*");
        default -> {
          String content = text.substring(i + 1, end - 1);
          isPlain &= content.indexOf(':') < 0;
          variable(content, regex, names);
        }
      }
      i = end;
      literal = end;
    }
    quote(regex, text, literal, text.length());
    mask.append(text, literal, text.length());
    return new Glob(
        regex(regex.toString(), flags, names.size(), text),
        List.copyOf(names),
        isPlain ? mask.toString() : null);
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

  /**
   * Whether the whole of {@code value} matches. Without a regular expression of the operator's the
   * work is at most the product of both lengths: the value is the client's, and a backtracking
   * matcher would let it choose how long a pattern with several stars takes.
   */
  boolean matches(String value) {
    return mask == null ? pattern.matcher(value).matches() : fits(value, mask);
  }

  private boolean fits(String value, String mask) {
    int at = 0;
    int m = 0;
    int lastRun = -1;
    int runEnd = 0;
    while (at < value.length()) {
      if (m < mask.length() && mask.charAt(m) == ANY_RUN) {
        lastRun = m++;
        runEnd = at;
      } else if (m < mask.length() && mask.charAt(m) == ANY_ONE) {
        at += Character.charCount(value.codePointAt(at));
        m++;
      } else if (m < mask.length() && same(value.charAt(at), mask.charAt(m))) {
        at++;
        m++;
      } else if (lastRun >= 0) {
        // Only the last run has to grow: an earlier one could reach no place that this one cannot.
        m = lastRun + 1;
        at = ++runEnd;
      } else {
        return false;
      }
    }
    while (m < mask.length() && mask.charAt(m) == ANY_RUN) {
      m++;
    }
    return m == mask.length();
  }

  private boolean same(char a, char b) {
    return a == b || (ignoresCase && a < 0x80 && b < 0x80 && lower(a) == lower(b));
  }

  private static int lower(char c) {
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
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
