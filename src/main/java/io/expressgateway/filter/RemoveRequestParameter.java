package io.expressgateway.filter;

import io.expressgateway.message.RequestHead;

/**
 * {@code RemoveRequestParameter=name}: removes a query parameter by its decoded name; the others
 * are written anew, grouped by name and fully encoded.
 */
final class RemoveRequestParameter implements HttpFilter {

  private final String name;

  RemoveRequestParameter(Arguments arguments) {
    name = arguments.text("name");
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHead request = exchange.request();
    if (request.query() != null) {
      QueryParameters parameters = QueryParameters.decoded(request.query());
      parameters.remove(name);
      request.query(parameters.encoded());
    }
  }
}
