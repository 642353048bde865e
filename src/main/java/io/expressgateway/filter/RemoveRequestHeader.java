package io.expressgateway.filter;

/** {@code RemoveRequestHeader=name}. */
final class RemoveRequestHeader implements HttpFilter {

  private final String name;

  RemoveRequestHeader(Arguments arguments) {
    name = arguments.headerName("name");
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHeaders.remove(exchange.request(), name);
  }
}
