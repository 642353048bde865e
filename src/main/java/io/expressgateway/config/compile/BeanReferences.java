package io.expressgateway.config.compile;

import java.util.regex.Pattern;

/**
 * {@code #{@name}} names a bean; there is no expression language beyond that, because whoever may
 * write a route would otherwise run code.
 */
public final class BeanReferences {

  private static final Pattern BEAN = Pattern.compile("#\\{\\s*@[A-Za-z_$][\\w$.-]*\\s*}");

  private BeanReferences() {}

  /** Whether the text is a bean reference and nothing else. */
  public static boolean isReference(String text) {
    return BEAN.matcher(text.strip()).matches();
  }

  /**
   * Whether the text must be refused.
   *
   * @param fromApi whether it came through an API, where not even bean references are allowed
   */
  public static boolean isForbidden(String text, boolean fromApi) {
    return text.contains("#{") && (fromApi || !isReference(text));
  }
}
