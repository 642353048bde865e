package io.expressgateway.config.spring;

import java.util.List;
import java.util.Locale;

/**
 * What a key of Spring's means here.
 *
 * @param pattern a key, or everything below one when it ends in {@code .*}
 * @param treatment what happens to it
 * @param except values that ask for nothing unusual and are accepted in silence
 * @param why what it is mapped to, or why it is not
 */
public record KeyRule(String pattern, Treatment treatment, List<String> except, String why) {

  /** What happens to a key. */
  public enum Treatment {
    /** It has its effect here. */
    MAPPED,
    /** It has its effect on the management server only. */
    KEPT,
    /** It has no meaning here; accepted with a warning. */
    WARNED,
    /** Ignoring it would change what its author asked for. */
    REFUSED
  }

  /** Whether the rule speaks of this canonical key. */
  boolean covers(String key) {
    String plain = uniform(key);
    if (pattern.endsWith(".*")) {
      String prefix = uniform(pattern.substring(0, pattern.length() - 2));
      return plain.startsWith(prefix)
          && plain.length() > prefix.length()
          && ".[".indexOf(plain.charAt(prefix.length())) >= 0;
    }
    return plain.equals(uniform(pattern));
  }

  private static String uniform(String key) {
    return key.replace("-", "").toLowerCase(Locale.ROOT);
  }
}
