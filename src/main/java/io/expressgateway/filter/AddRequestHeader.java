package io.expressgateway.filter;

/** {@code AddRequestHeader=name, value}: adds a field behind those of its name. */
final class AddRequestHeader implements HttpFilter {

  private final String name;
  private final Template value;

  AddRequestHeader(Arguments arguments) {
    name = arguments.writableHeaderName("name");
    value = arguments.template("value");
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHeaders.add(exchange.request(), name, value.expand(exchange));
  }
}
