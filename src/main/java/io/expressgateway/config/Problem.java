package io.expressgateway.config;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One thing that is wrong with a configuration, said so that an operator can mend it. Holds no
 * secret: the value of a key that names a token, password or private key is masked on the way in.
 *
 * @param key the full key, as in {@code expressgateway.listeners[0].bind}
 * @param value as written, in one line and at most 200 characters
 * @param reason what is wrong
 * @param remedy what to do about it
 */
public record Problem(String key, String value, String reason, String remedy) {

  private static final Pattern SECRET =
      Pattern.compile("token|password|private-?key|secret|credential");
  private static final int MAX_VALUE = 200;

  /** Masks a secret value and folds everything into one line. */
  public Problem {
    key = oneLine(key);
    value = isSecret(key) && !value.isEmpty() ? "******" : shortened(oneLine(value));
    reason = oneLine(reason);
    remedy = oneLine(remedy);
  }

  /** {@code key | value | reason | remedy}, one line without its end. */
  public String line() {
    return key + " | " + value + " | " + reason + " | " + remedy;
  }

  /** Whether the value of this key must never be shown. */
  public static boolean isSecret(String key) {
    return SECRET.matcher(key.toLowerCase(Locale.ROOT)).find();
  }

  private static String shortened(String text) {
    return text.length() <= MAX_VALUE ? text : text.substring(0, MAX_VALUE) + "...";
  }

  /** Control characters would let a value forge another line of the report. */
  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> line.appendCodePoint(Character.isISOControl(c) || c == '|' ? ' ' : c));
    return line.toString().strip();
  }
}
