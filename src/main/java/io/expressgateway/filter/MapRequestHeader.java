package io.expressgateway.filter;

import io.expressgateway.message.RequestHead;
import java.util.List;

/**
 * {@code MapRequestHeader=fromHeader, toHeader}: copies the values of one header behind those of
 * another; nothing when the first is absent.
 */
final class MapRequestHeader implements HttpFilter {

  private final String from;
  private final String to;

  MapRequestHeader(Arguments arguments) {
    from = arguments.headerName("fromHeader");
    to = arguments.writableHeaderName("toHeader");
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHead request = exchange.request();
    List<String> values = RequestHeaders.all(request, from);
    for (String value : values) {
      RequestHeaders.add(request, to, value);
    }
  }
}
