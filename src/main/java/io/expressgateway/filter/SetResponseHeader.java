package io.expressgateway.filter;

/** {@code SetResponseHeader=name, value}: replaces all fields of a name by one. */
final class SetResponseHeader implements HttpFilter {

  private final String name;
  private final Template value;

  SetResponseHeader(Arguments arguments) {
    name = arguments.writableHeaderName("name");
    value = arguments.template("value");
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    if (value.hasVariables()) {
      // A variable that is missing fails here, before the endpoint has done any work.
      value.expand(exchange);
    }
  }

  @Override
  public void onResponseHead(FilterExchange exchange) {
    exchange.response().headers().set(name, value.expand(exchange));
  }
}
