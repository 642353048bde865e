package io.expressgateway.route;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A version as Spring's semantic parser reads it: up to three numbers, anything before the first
 * digit left out, so that {@code v1.2} is 1.2.0.
 */
record ApiVersion(int major, int minor, int patch) implements Comparable<ApiVersion> {

  private static final Pattern FORMAT =
      Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,9}))?(?:\\.(\\d{1,9}))?");

  private static final Comparator<ApiVersion> ORDER =
      Comparator.comparingInt(ApiVersion::major)
          .thenComparingInt(ApiVersion::minor)
          .thenComparingInt(ApiVersion::patch);

  /** The version in {@code text}, or null when there is none. */
  static @Nullable ApiVersion parse(String text) {
    int from = 0;
    while (from < text.length() && !Character.isDigit(text.charAt(from))) {
      from++;
    }
    Matcher matcher = FORMAT.matcher(text.substring(from));
    if (!matcher.matches()) {
      return null;
    }
    return new ApiVersion(number(matcher, 1), number(matcher, 2), number(matcher, 3));
  }

  private static int number(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  @Override
  public int compareTo(ApiVersion that) {
    return ORDER.compare(this, that);
  }
}
