package io.expressgateway.filter;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Where a filter sends a request instead of the route's endpoint. */
final class UpstreamUri {

  private UpstreamUri() {}

  /**
   * The absolute http or https URI with a host that a text is, in ASCII; null for anything else.
   */
  static @Nullable URI parse(String text) {
    try {
      URI uri = new URI(text);
      boolean http =
          "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
      return http && uri.getHost() != null ? new URI(uri.toASCIIString()) : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
