package io.expressgateway.filter;

/** {@code SetRequestHostHeader=host}: the endpoint gets this Host. */
final class SetRequestHostHeader implements HttpFilter {

  private final Template host;

  SetRequestHostHeader(Arguments arguments) {
    host = arguments.template("host");
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHeaders.authority(exchange.request(), host.expand(exchange));
    exchange.preserveHost(true);
  }
}
