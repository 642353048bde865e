package io.expressgateway.route;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the text of a path pattern into elements; one instance per text. */
final class PathPatternParser {

  private final String text;
  private final List<PathElement> elements = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private boolean hasRest;

  private PathPatternParser(String text) {
    this.text = text;
  }

  /** The elements of {@code text}, or an exception with a sentence for the operator. */
  static List<PathElement> parse(String text) {
    return new PathPatternParser(text).read();
  }

  private List<PathElement> read() {
    int pos = 0;
    while (pos < text.length()) {
      if (text.charAt(pos) == '/') {
        elements.add(new PathElement.Separator());
        pos++;
      } else {
        int end = segmentEnd(pos);
        addSegment(text.substring(pos, end), pos, end);
        pos = end;
      }
    }
    return List.copyOf(elements);
  }

  /** The end of the segment at {@code from}; a slash within a regular expression may be escaped. */
  private int segmentEnd(int from) {
    int depth = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && depth > 0) {
        i++;
      } else if (c == '{') {
        depth++;
      } else if (c == '}') {
        if (--depth < 0) {
          throw problem("has a '}' without its '{'");
        }
      } else if (c == '/') {
        if (depth > 0) {
          throw problem("has a '{' without its '}' before a '/'");
        }
        return i;
      }
    }
    if (depth > 0) {
      throw problem("has a '{' without its '}'");
    }
    return text.length();
  }

  private void addSegment(String segment, int from, int to) {
    if (segment.equals("**")) {
      addRest(new PathElement.Rest(), from, to);
    } else if (Glob.isLiteral(segment)) {
      elements.add(new PathElement.Literal(segment));
    } else if (segment.equals("*")) {
      elements.add(new PathElement.AnySegment());
    } else if (segment.indexOf('{') < 0) {
      elements.add(
          segment.indexOf('*') < 0
              ? new PathElement.OneCharWildcards(segment)
              : new PathElement.Mixed(Glob.compile(segment, Pattern.DOTALL)));
    } else {
      addCapture(segment, from, to);
    }
  }

  private void addCapture(String segment, int from, int to) {
    checkNames(segment);
    boolean whole = segment.charAt(0) == '{' && closing(segment, 0) == segment.length() - 1;
    if (whole && segment.charAt(1) == '*') {
      addRest(new PathElement.CaptureRest(segment.substring(2, segment.length() - 1)), from, to);
    } else if (whole) {
      String content = segment.substring(1, segment.length() - 1);
      int colon = content.indexOf(':');
      String name = colon < 0 ? content : content.substring(0, colon);
      Pattern constraint =
          colon < 0 ? null : Glob.regex(content.substring(colon + 1), Pattern.DOTALL, 0, text);
      claim(name);
      elements.add(new PathElement.Capture(name, constraint));
    } else {
      Glob glob = Glob.compile(segment, Pattern.DOTALL);
      glob.names().forEach(this::claim);
      elements.add(new PathElement.Mixed(glob));
    }
  }

  /** A rest swallows the slash before it, so that {@code /a/**} matches {@code /a} too. */
  private void addRest(PathElement rest, int from, int to) {
    if (hasRest) {
      throw problem("has more than one '**' or '{*name}'; only one is possible");
    }
    if (from > 1 && to != text.length()) {
      throw problem("has '**' or '{*name}' in the middle; write it first or last");
    }
    hasRest = true;
    if (!elements.isEmpty()) {
      elements.removeLast();
    }
    elements.add(rest);
  }

  private void checkNames(String segment) {
    for (int open = segment.indexOf('{'); open >= 0; ) {
      int close = closing(segment, open);
      String content = segment.substring(open + 1, close);
      boolean rest = content.startsWith("*");
      if (rest && (open > 0 || close < segment.length() - 1)) {
        throw problem("has '{*name}' beside other text; it stands for whole segments");
      }
      int colon = content.indexOf(':');
      String name =
          colon < 0 || rest ? content.substring(rest ? 1 : 0) : content.substring(0, colon);
      if (!isName(name)) {
        throw problem("has a variable named '" + name + "', which is no name");
      }
      if (colon == content.length() - 1) {
        throw problem("has a variable with an empty regular expression; write {" + name + "}");
      }
      open = segment.indexOf('{', close);
    }
  }

  private static int closing(String segment, int open) {
    int depth = 0;
    for (int i = open; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        return i;
      }
    }
    throw new IllegalStateException("unbalanced braces passed the first check: " + segment);
  }

  private static boolean isName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean ok =
          i == 0
              ? Character.isJavaIdentifierStart(c)
              : Character.isJavaIdentifierPart(c) || c == '-';
      if (!ok) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private void claim(String name) {
    if (!names.add(name)) {
      throw problem("names the variable '" + name + "' twice");
    }
  }

  private IllegalArgumentException problem(String what) {
    return new IllegalArgumentException("the path pattern '" + text + "' " + what);
  }
}
