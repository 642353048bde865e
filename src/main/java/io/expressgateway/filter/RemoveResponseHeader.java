package io.expressgateway.filter;

/** {@code RemoveResponseHeader=name}; what delimits the body stays. */
final class RemoveResponseHeader implements HttpFilter {

  private final String name;

  RemoveResponseHeader(Arguments arguments) {
    name = arguments.headerName("name");
  }

  @Override
  public void onResponseHead(FilterExchange exchange) {
    if (!Framing.owns(name)) {
      exchange.response().headers().remove(name);
    }
  }
}
