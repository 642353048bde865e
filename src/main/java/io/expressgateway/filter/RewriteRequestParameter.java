package io.expressgateway.filter;

import io.expressgateway.message.RequestHead;

/**
 * {@code RewriteRequestParameter=name, replacement}: gives a query parameter that is there another
 * value, behind all others; they are written anew, grouped by name and fully encoded.
 */
final class RewriteRequestParameter implements HttpFilter {

  private final String name;
  private final String replacement;

  RewriteRequestParameter(Arguments arguments) {
    name = arguments.text("name");
    replacement = arguments.textOrEmpty("replacement");
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHead request = exchange.request();
    if (request.query() != null) {
      QueryParameters parameters = QueryParameters.decoded(request.query());
      if (parameters.remove(name)) {
        parameters.add(name, replacement);
      }
      request.query(parameters.encoded());
    }
  }
}
