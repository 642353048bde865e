package io.expressgateway.filter;

import org.jspecify.annotations.Nullable;

/**
 * {@code SetStatus=status}: gives the response another status, by number or by name; the endpoint's
 * goes to the configured header as {@code [404]}, when there is one.
 */
final class SetStatus implements HttpFilter {

  private final int status;
  private final @Nullable String originalStatusHeader;

  SetStatus(Arguments arguments, @Nullable String originalStatusHeader) {
    status = arguments.status("status", 200, 999);
    this.originalStatusHeader = originalStatusHeader;
  }

  @Override
  public void onResponseHead(FilterExchange exchange) {
    if (originalStatusHeader != null) {
      exchange
          .response()
          .headers()
          .set(originalStatusHeader, "[" + exchange.response().status() + "]");
    }
    exchange.response().status(status);
  }
}
