package io.expressgateway.filter;

import java.nio.charset.StandardCharsets;

/**
 * A configured path with template variables. Expanded first and percent-encoded then (RFC 3986
 * section 3.3), as Spring's {@code UriTemplate} does: a percent sign in the configuration is a
 * literal one, and a captured value cannot begin a query.
 */
final class PathTemplate {

  private static final String BEYOND_UNRESERVED = "-._~!$&'()*+,;=:@/";

  private final Template template;
  private final String encodedLiteral;

  private PathTemplate(Template template) {
    this.template = template;
    this.encodedLiteral = template.hasVariables() ? "" : encode(template.literalStart());
  }

  /** The path in argument {@code name}: begins with a slash or a variable. */
  static PathTemplate of(Arguments arguments, String name) {
    String text = arguments.text(name);
    if (!text.startsWith("/") && !text.startsWith("{")) {
      throw arguments.refuse(name, text, "a path begins with a slash; write /" + text);
    }
    if (text.startsWith("//")) {
      throw arguments.refuse(name, text, "a path begins with one slash");
    }
    return new PathTemplate(
        Template.compileExactly(Template.collapseSlashes(text.substring(0, pathEnd(text)))));
  }

  /** Where query or fragment begin: they are no part of a path and are dropped. */
  private static int pathEnd(String text) {
    int level = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '{') {
        level++;
      } else if (c == '}') {
        level--;
      } else if (level == 0 && (c == '?' || c == '#')) {
        return i;
      }
    }
    return text.length();
  }

  /** The raw path for this exchange; errors as {@link Template#expand(FilterExchange)}. */
  String expand(FilterExchange exchange) {
    return template.hasVariables() ? encode(template.expand(exchange)) : encodedLiteral;
  }

  /** Percent-encodes everything that may not stand in a path, the percent sign included. */
  static String encode(String text) {
    StringBuilder path = new StringBuilder(text.length() + 8);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      PercentCode.append(path, b, BEYOND_UNRESERVED);
    }
    return path.toString();
  }
}
