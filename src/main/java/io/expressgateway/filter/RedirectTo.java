package io.expressgateway.filter;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * {@code RedirectTo=status, url, includeRequestParams}: answers with a redirect instead of the
 * endpoint; with {@code includeRequestParams} the request's query is appended.
 */
final class RedirectTo implements HttpFilter {

  private final int status;
  private final URI url;
  private final String location;
  private final boolean includeRequestParams;

  RedirectTo(Arguments arguments) {
    status = arguments.status("status", 300, 399);
    String written = arguments.text("url");
    try {
      url = new URI(written);
    } catch (URISyntaxException e) {
      throw arguments.refuse("url", written, "no URI: " + e.getReason());
    }
    location = url.toASCIIString();
    includeRequestParams = arguments.flag("includeRequestParams", false);
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    @Nullable String query = exchange.request().query();
    String target = includeRequestParams && query != null ? with(query) : location;
    exchange.respond(LocalResponse.of(status, "Location", target), null);
  }

  /** The URL with these parameters behind its own, decoded and encoded again as there. */
  private String with(String query) {
    QueryParameters parameters = QueryParameters.raw(url.getRawQuery());
    parameters.addAll(QueryParameters.decoded(query));
    try {
      return new URI(
              url.getScheme(),
              url.getRawUserInfo(),
              url.getHost(),
              url.getPort(),
              url.getRawPath(),
              parameters.text(),
              url.getRawFragment())
          .toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("the redirect's URL takes no parameters", e);
    }
  }
}
