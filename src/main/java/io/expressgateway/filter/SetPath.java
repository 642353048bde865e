package io.expressgateway.filter;

import io.expressgateway.message.RequestHead;

/** {@code SetPath=template}: replaces the path; {@code /{segment}} takes captured variables. */
final class SetPath implements HttpFilter {

  private final PathTemplate template;

  SetPath(Arguments arguments) {
    template = PathTemplate.of(arguments, "template");
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHead request = exchange.request();
    if (RawPath.isEditable(request)) {
      RawPath.set(request, template.expand(exchange));
    }
  }
}
