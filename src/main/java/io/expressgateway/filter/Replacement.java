package io.expressgateway.filter;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A regular expression and what replaces its matches. In YAML a replacement spells the dollar sign
 * of a group {@code $\}, so that Spring does not take it for a placeholder.
 */
record Replacement(Pattern pattern, String text) {

  /** The pair in these arguments; a reference to a group that does not exist is refused. */
  static Replacement of(Arguments arguments, String pattern, String replacement) {
    String written = arguments.textOrEmpty(replacement);
    Replacement pair = new Replacement(arguments.pattern(pattern), written.replace("$\\", "$"));
    if (!pair.isValid()) {
      throw arguments.refuse(
          replacement, written, "it names a group that " + pattern + " does not have");
    }
    return pair;
  }

  private boolean isValid() {
    // The first digit behind a dollar sign is always a group number; further ones only if they fit.
    int groups = pattern.matcher("").groupCount();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
        if (i == text.length()) {
          return false;
        }
      } else if (c == '$' && !isGroup(i + 1, groups)) {
        return false;
      }
    }
    return true;
  }

  private boolean isGroup(int at, int groups) {
    if (at == text.length()) {
      return false;
    }
    char c = text.charAt(at);
    if (c == '{') {
      int end = text.indexOf('}', at);
      return end > 0 && pattern.namedGroups().containsKey(text.substring(at + 1, end));
    }
    return c >= '0' && c <= '9' && c - '0' <= groups;
  }

  /** The input with every match replaced; the input itself when there is none. */
  String replaceAll(String input) {
    Matcher matcher = pattern.matcher(input);
    return matcher.find() ? matcher.replaceAll(text) : input;
  }
}
