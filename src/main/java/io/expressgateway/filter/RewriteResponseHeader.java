package io.expressgateway.filter;

import io.expressgateway.message.HeaderBlock;

/**
 * {@code RewriteResponseHeader=name, regexp, replacement}: replaces every match in every value of a
 * header. {@code $\} in the replacement stands for {@code $}.
 */
final class RewriteResponseHeader implements HttpFilter {

  private final String name;
  private final Replacement replacement;

  RewriteResponseHeader(Arguments arguments) {
    name = arguments.writableHeaderName("name");
    replacement = Replacement.of(arguments, "regexp", "replacement");
  }

  @Override
  public void onResponseHead(FilterExchange exchange) {
    HeaderBlock headers = exchange.response().headers();
    for (int i = headers.indexOf(name); i >= 0; i = headers.indexOf(name, i + 1)) {
      String value = headers.value(i);
      String rewritten = replacement.replaceAll(value);
      if (!rewritten.equals(value)) {
        headers.setValue(i, rewritten);
      }
    }
  }
}
