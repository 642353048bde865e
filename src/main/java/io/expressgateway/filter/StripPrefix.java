package io.expressgateway.filter;

import io.expressgateway.message.RequestHead;

/**
 * {@code StripPrefix=parts}: takes leading segments off the path. Empty segments do not count and
 * vanish, a trailing slash stays, and nothing left is {@code /}.
 */
final class StripPrefix implements HttpFilter {

  private final int parts;

  StripPrefix(Arguments arguments) {
    parts = arguments.wholeNumber("parts", 1, 0);
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHead request = exchange.request();
    if (RawPath.isEditable(request)) {
      request.path(strip(request.path()));
    }
  }

  private String strip(String path) {
    StringBuilder rest = new StringBuilder(path.length()).append('/');
    int segment = 0;
    int from = 0;
    while (from < path.length()) {
      int slash = path.indexOf('/', from);
      int end = slash < 0 ? path.length() : slash;
      if (end > from && segment++ >= parts) {
        if (rest.length() > 1) {
          rest.append('/');
        }
        rest.append(path, from, end);
      }
      from = end + 1;
    }
    if (rest.length() > 1 && path.endsWith("/")) {
      rest.append('/');
    }
    return rest.toString();
  }
}
