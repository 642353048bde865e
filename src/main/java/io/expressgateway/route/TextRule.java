package io.expressgateway.route;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** A regular expression that must match a whole value; plain text is compared without one. */
final class TextRule {

  private final @Nullable String literal;
  private final Pattern pattern;

  private TextRule(@Nullable String literal, Pattern pattern) {
    this.literal = literal;
    this.pattern = pattern;
  }

  static TextRule compile(PredicateArguments arguments, String regexp) {
    try {
      boolean plain = regexp.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '-');
      return new TextRule(plain ? regexp : null, Pattern.compile(regexp));
    } catch (PatternSyntaxException e) {
      throw arguments.invalid(
          "has the malformed regular expression '" + regexp + "' (" + e.getDescription() + ")",
          "correct it, and write 'name' and 'args' when it holds a comma");
    }
  }

  boolean matches(String value) {
    return literal != null ? literal.equals(value) : pattern.matcher(value).matches();
  }
}
