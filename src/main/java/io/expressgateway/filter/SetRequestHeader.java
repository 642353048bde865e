package io.expressgateway.filter;

/** {@code SetRequestHeader=name, value}: replaces all fields of a name by one. */
final class SetRequestHeader implements HttpFilter {

  private final String name;
  private final Template value;

  SetRequestHeader(Arguments arguments) {
    name = arguments.writableHeaderName("name");
    value = arguments.template("value");
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHeaders.set(exchange.request(), name, value.expand(exchange));
  }
}
