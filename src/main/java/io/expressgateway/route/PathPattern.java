package io.expressgateway.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A path pattern with the syntax and the meaning of Spring's {@code PathPattern}: {@code ?} one
 * character, {@code *} one segment, {@code **} any number of segments (first or last in the
 * pattern), {@code {name}} a segment kept under a name, {@code {name:regex}} one that matches a
 * regular expression, <code>{*name}</code> the remaining segments kept under a name.
 *
 * <p>Matching looks at the raw path and compares decoded segments: {@code /a%62} is {@code /ab},
 * while an encoded slash never separates; what follows a semicolon in a segment is left out; case
 * counts; a doubled or trailing slash counts too. A segment with a malformed escape is compared as
 * it stands.
 *
 * <p>Immutable; any thread. Patterns without regular expressions allocate nothing on a path without
 * {@code %} and {@code ;}.
 */
public final class PathPattern {

  // How matching works. The elements of a path are its slashes and the runs between them, so a
  // position in the raw text says which element is next and nothing has to be split beforehand.
  // Each element tests what is at the position and hands the next position on; the only elements
  // that try more than once are a leading rest (which restarts the others behind it) and regular
  // expressions. A pattern has at most one rest, so the work is at most quadratic in the path.

  private final String text;
  private final PathElement[] elements;
  private final List<String> literalPrefix;
  private final boolean captures;

  private PathPattern(String text, List<PathElement> elements) {
    this.text = text;
    this.elements = elements.toArray(PathElement[]::new);
    this.literalPrefix = literalPrefix(elements);
    this.captures = elements.stream().anyMatch(PathPattern::captures);
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException with a sentence for the operator: an unbalanced brace, a name
   *     used twice, a rest in the middle, a malformed regular expression or one with capturing
   *     groups
   */
  public static PathPattern parse(String text) {
    return new PathPattern(text, PathPatternParser.parse(text));
  }

  private static List<String> literalPrefix(List<PathElement> elements) {
    List<String> prefix = new ArrayList<>();
    for (int i = 0; i + 1 < elements.size(); i += 2) {
      if (elements.get(i) instanceof PathElement.Separator
          && elements.get(i + 1) instanceof PathElement.Literal(String literal)) {
        prefix.add(literal);
      } else {
        break;
      }
    }
    return List.copyOf(prefix);
  }

  private static boolean captures(PathElement element) {
    return switch (element) {
      case PathElement.Capture _, PathElement.CaptureRest _ -> true;
      case PathElement.Mixed(Glob glob) -> !glob.names().isEmpty();
      case PathElement.Separator _,
          PathElement.Literal _,
          PathElement.OneCharWildcards _,
          PathElement.AnySegment _,
          PathElement.Rest _ ->
          false;
    };
  }

  /** The literal segments with which every matching path begins, decoded; often empty. */
  List<String> literalPrefix() {
    return literalPrefix;
  }

  /**
   * Whether the pattern is a literal prefix and {@code /**} behind it, so that it matches every
   * path that begins with the prefix's segments and no other.
   */
  boolean isLiteralPrefixAndRest() {
    int literals = literalPrefix.size() * 2;
    return literals > 0
        && elements.length == literals + 1
        && elements[literals] instanceof PathElement.Rest;
  }

  /** Whether the pattern has variables. */
  public boolean hasVariables() {
    return captures;
  }

  /** Whether the raw path matches. */
  public boolean matches(String path) {
    return matches(path, null);
  }

  /** The variables of a raw path that matches, decoded; null when it does not match. */
  public @Nullable Map<String, String> match(String path) {
    Map<String, String> variables = new LinkedHashMap<>();
    return matches(path, variables) ? variables : null;
  }

  private boolean matches(String path, @Nullable Map<String, String> variables) {
    if (elements.length == 0) {
      return path.isEmpty();
    }
    if (path.isEmpty()) {
      return (elements[0] instanceof PathElement.Rest
              || elements[0] instanceof PathElement.CaptureRest)
          && matches(0, path, 0, variables);
    }
    return matches(0, path, 0, variables);
  }

  private boolean matches(
      int index, String path, int pos, @Nullable Map<String, String> variables) {
    boolean last = index == elements.length - 1;
    int end = segmentEnd(path, pos);
    return switch (elements[index]) {
      case PathElement.Separator _ ->
          isSlash(path, pos) && next(last, index, path, pos + 1, variables);
      case PathElement.Literal(String literal) ->
          end > pos
              && segmentEquals(path, pos, end, literal)
              && next(last, index, path, end, variables);
      case PathElement.OneCharWildcards(String mask) ->
          end > pos
              && fits(segment(path, pos, end), mask)
              && next(last, index, path, end, variables);
      case PathElement.AnySegment _ ->
          last
              ? end == path.length()
              : (end > pos && !isEmpty(path, pos) && next(false, index, path, end, variables));
      case PathElement.Capture capture -> capture(capture, last, index, path, pos, variables);
      case PathElement.Mixed(Glob glob) -> mixed(glob, last, index, path, pos, variables);
      case PathElement.Rest _ ->
          (pos == 0 && !last)
              ? skipTo(index, path, variables) >= 0
              : (pos >= path.length() || isSlash(path, pos));
      case PathElement.CaptureRest(String name) ->
          captureRest(name, last, index, path, pos, variables);
    };
  }

  private boolean next(
      boolean last, int index, String path, int pos, @Nullable Map<String, String> variables) {
    return last ? pos == path.length() : matches(index + 1, path, pos, variables);
  }

  private boolean capture(
      PathElement.Capture capture,
      boolean last,
      int index,
      String path,
      int pos,
      @Nullable Map<String, String> variables) {
    int end = segmentEnd(path, pos);
    if (end <= pos || isEmpty(path, pos)) {
      return false;
    }
    String value = capture.constraint() == null && variables == null ? "" : segment(path, pos, end);
    if (capture.constraint() != null && !capture.constraint().matcher(value).matches()) {
      return false;
    }
    if (!next(last, index, path, end, variables)) {
      return false;
    }
    if (variables != null) {
      variables.put(capture.name(), value);
    }
    return true;
  }

  private boolean mixed(
      Glob glob,
      boolean last,
      int index,
      String path,
      int pos,
      @Nullable Map<String, String> variables) {
    int end = segmentEnd(path, pos);
    // Where no segment is, Spring lets the expression match the empty text and steps over one
    // element; only an expression that may be empty can tell.
    String value = (end > pos) ? segment(path, pos, end) : "";
    int behind = Math.max(end, pos + 1);
    if (!glob.matches(value)) {
      return false;
    }
    boolean matched =
        last
            ? behind >= path.length() && (glob.names().isEmpty() || !value.isEmpty())
            : matches(index + 1, path, behind, variables);
    if (matched && variables != null) {
      glob.capture(value, variables);
    }
    return matched;
  }

  private boolean captureRest(
      String name,
      boolean last,
      int index,
      String path,
      int pos,
      @Nullable Map<String, String> variables) {
    int end = path.length();
    if (pos == 0 && !last) {
      end = skipTo(index, path, variables);
      if (end < 0) {
        return false;
      }
    } else if (pos < path.length() && !isSlash(path, pos)) {
      return false;
    }
    if (variables != null) {
      variables.put(name, segments(path, Math.min(pos, end), end));
    }
    return true;
  }

  /** The first position from which the elements behind {@code index} match; -1 for none. */
  private int skipTo(int index, String path, @Nullable Map<String, String> variables) {
    int pos = 0;
    while (pos < path.length()) {
      if (matches(index + 1, path, pos, variables)) {
        return pos;
      }
      pos = Math.max(pos + 1, segmentEnd(path, pos));
    }
    return -1;
  }

  private static boolean isSlash(String path, int pos) {
    return pos < path.length() && path.charAt(pos) == '/';
  }

  /** The end of the segment at {@code pos}: {@code pos} itself when there is none. */
  static int segmentEnd(String path, int pos) {
    if (pos >= path.length()) {
      return pos;
    }
    int slash = path.indexOf('/', pos);
    return slash < 0 ? path.length() : slash;
  }

  private static boolean isEmpty(String path, int pos) {
    return path.charAt(pos) == ';';
  }

  private static boolean segmentEquals(String path, int from, int to, String literal) {
    if (isPlain(path, from, to)) {
      return to - from == literal.length() && path.startsWith(literal, from);
    }
    return segment(path, from, to).equals(literal);
  }

  /** Whether a segment stands for itself: no escape, no parameters. */
  static boolean isPlain(String path, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = path.charAt(i);
      if (c == '%' || c == ';') {
        return false;
      }
    }
    return true;
  }

  /** The value that counts of the segment {@code [from, to)}: decoded, without parameters. */
  static String segment(String path, int from, int to) {
    int semicolon = path.indexOf(';', from);
    return PercentDecoder.decode(path, from, semicolon < 0 || semicolon > to ? to : semicolon);
  }

  private static String segments(String path, int from, int to) {
    if (isPlain(path, from, to)) {
      return path.substring(from, to);
    }
    StringBuilder decoded = new StringBuilder();
    for (int pos = from; pos < to; ) {
      int end = segmentEnd(path, pos);
      if (end > pos) {
        decoded.append(segment(path, pos, end));
        pos = end;
      } else {
        decoded.append('/');
        pos++;
      }
    }
    return decoded.toString();
  }

  private static boolean fits(String value, String mask) {
    if (value.length() != mask.length()) {
      return false;
    }
    for (int i = 0; i < mask.length(); i++) {
      char c = mask.charAt(i);
      if (c != '?' && c != value.charAt(i)) {
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
