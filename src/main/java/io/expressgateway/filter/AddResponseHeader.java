package io.expressgateway.filter;

import io.expressgateway.message.HeaderBlock;

/**
 * {@code AddResponseHeader=name, value, override}: adds a field to the response. With {@code
 * override} false only when the response has no value of that name; true, the default, always adds.
 */
final class AddResponseHeader implements HttpFilter {

  private final String name;
  private final Template value;
  private final boolean always;

  AddResponseHeader(Arguments arguments) {
    name = arguments.writableHeaderName("name");
    value = arguments.template("value");
    always = arguments.flag("override", true);
  }

  @Override
  public void onResponseHead(FilterExchange exchange) {
    HeaderBlock headers = exchange.response().headers();
    if (always || headers.all(name).stream().allMatch(String::isBlank)) {
      headers.add(name, value.expand(exchange));
    }
  }
}
