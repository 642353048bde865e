package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Names of one kind of thing: each used once, and fit for metrics, URLs and logs. */
final class Names {

  private static final Pattern FIT = Pattern.compile("[A-Za-z0-9\\[][A-Za-z0-9_.:\\[\\]-]{0,127}");

  private final Problems problems;
  private final Map<String, String> keyByName = new HashMap<>();

  Names(Problems problems) {
    this.problems = problems;
  }

  /** Reports a name that is taken or cannot be used; a missing one was reported already. */
  void check(String key, String name) {
    if (name.isEmpty()) {
      return;
    }
    if (!FIT.matcher(name).matches()) {
      problems.refuse(
          key,
          name,
          "is not usable as a name",
          "use up to 128 letters, digits, dots, dashes and underscores");
    }
    String first = keyByName.putIfAbsent(name, key);
    if (first != null) {
      problems.refuse(key, name, "is the name at " + first + " too", "give each its own name");
    }
  }
}
