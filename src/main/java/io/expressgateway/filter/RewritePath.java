package io.expressgateway.filter;

import io.expressgateway.message.RequestHead;

/**
 * {@code RewritePath=regexp, replacement}: replaces every match in the raw path. {@code $\} in the
 * replacement stands for {@code $}. Nothing left is {@code /}.
 */
final class RewritePath implements HttpFilter {

  private final Replacement replacement;

  RewritePath(Arguments arguments) {
    replacement = Replacement.of(arguments, "regexp", "replacement");
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHead request = exchange.request();
    if (!RawPath.isEditable(request)) {
      return;
    }
    String path = request.path();
    String rewritten = replacement.replaceAll(path);
    if (!rewritten.equals(path)) {
      RawPath.set(request, rewritten.isEmpty() ? "/" : rewritten);
    }
  }
}
