package io.expressgateway.admin;

/**
 * One thing that is wrong, told so that an operator can act on it.
 *
 * @param key what it is about: a configuration key, a path parameter, a header
 * @param value what was found there
 * @param reason why that is refused
 * @param remedy what to do instead
 */
public record Problem(String key, String value, String reason, String remedy) {

  /** {@code key | value | reason | remedy} on one line, whatever the parts hold. */
  public String line() {
    return plain(key) + " | " + plain(value) + " | " + plain(reason) + " | " + plain(remedy);
  }

  private static String plain(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      line.append(Character.isISOControl(c) ? ' ' : c);
    }
    return line.toString();
  }
}
