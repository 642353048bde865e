package io.expressgateway.filter;

import io.expressgateway.message.RequestHead;

/**
 * {@code PrefixPath=prefix}: puts a path before the request's. Only the first such filter of an
 * exchange counts.
 */
final class PrefixPath implements HttpFilter {

  private final PathTemplate prefix;

  PrefixPath(Arguments arguments) {
    prefix = PathTemplate.of(arguments, "prefix");
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHead request = exchange.request();
    if (RawPath.isEditable(request) && exchange.attribute(PrefixPath.class) == null) {
      exchange.attribute(PrefixPath.class, true);
      RawPath.set(request, prefix.expand(exchange) + request.path());
    }
  }
}
