package io.expressgateway.filter;

/** {@code PreserveHostHeader}: the endpoint gets the client's Host. */
final class PreserveHostHeader implements HttpFilter {

  PreserveHostHeader(@SuppressWarnings("unused") Arguments arguments) {}

  @Override
  public void onRequestHead(FilterExchange exchange) {
    exchange.preserveHost(true);
  }
}
