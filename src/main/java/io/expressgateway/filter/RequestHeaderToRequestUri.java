package io.expressgateway.filter;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * {@code RequestHeaderToRequestUri=name}: sends the request to the absolute URI in a header of it;
 * without the header, or when it holds none, to the route's. The client chooses where to: for
 * clients that may.
 */
final class RequestHeaderToRequestUri implements HttpFilter {

  private final String name;

  RequestHeaderToRequestUri(Arguments arguments) {
    name = arguments.headerName("name");
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    @Nullable String header = exchange.request().headers().get(name);
    @Nullable URI uri = header == null ? null : UpstreamUri.parse(header);
    if (uri != null) {
      exchange.upstreamUri(uri);
    }
  }
}
