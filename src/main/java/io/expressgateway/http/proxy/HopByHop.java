package io.expressgateway.http.proxy;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;

/**
 * Takes away what is meant for one connection only (RFC 9110 section 7.6.1): Connection and what it
 * names, Keep-Alive, Proxy-Connection, TE, Transfer-Encoding, Upgrade, HTTP2-Settings. Whoever
 * sends the message on writes the framing of its own connection.
 */
final class HopByHop {

  private HopByHop() {}

  /** Strips a request; {@code TE: trailers} is kept because it is true for us as well. */
  static void stripRequest(HeaderBlock headers) {
    boolean trailers =
        headers.contains(HeaderName.TE) && headers.listContains(HeaderName.TE, "trailers");
    strip(headers);
    headers.remove(HeaderName.HTTP2_SETTINGS);
    if (trailers) {
      headers.add(HeaderName.TE, "trailers");
    }
  }

  /** Strips a response. */
  static void stripResponse(HeaderBlock headers) {
    strip(headers);
  }

  private static void strip(HeaderBlock headers) {
    if (headers.contains(HeaderName.CONNECTION)) {
      removeListed(headers);
      headers.remove(HeaderName.CONNECTION);
    }
    headers.remove(HeaderName.KEEP_ALIVE);
    headers.remove(HeaderName.PROXY_CONNECTION);
    headers.remove(HeaderName.TE);
    headers.remove(HeaderName.TRANSFER_ENCODING);
    headers.remove(HeaderName.UPGRADE);
  }

  private static void removeListed(HeaderBlock headers) {
    for (int i = headers.indexOf(HeaderName.CONNECTION);
        i >= 0;
        i = headers.indexOf(HeaderName.CONNECTION, i + 1)) {
      String list = headers.value(i);
      int from = 0;
      while (from < list.length()) {
        int comma = list.indexOf(',', from);
        int end = comma < 0 ? list.length() : comma;
        String name = list.substring(from, end).strip();
        if (!name.isEmpty() && mayBeListed(HeaderName.of(name))) {
          int before = headers.size();
          headers.remove(name);
          // Rows moved forward: look at the Connection field again from where it is now.
          if (headers.size() != before) {
            i = headers.indexOf(HeaderName.CONNECTION);
            if (i < 0) {
              return;
            }
          }
        }
        from = end + 1;
      }
    }
  }

  /** Fields that frame or address the message stay, whatever Connection says. */
  private static boolean mayBeListed(HeaderName name) {
    return switch (name) {
      case HOST, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, UPGRADE, TE, EXPECT, COOKIE, VIA ->
          false;
      default -> true;
    };
  }
}
