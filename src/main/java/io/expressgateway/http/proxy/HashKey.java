package io.expressgateway.http.proxy;

import io.expressgateway.balance.Hash64;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.RequestHead;
import org.jspecify.annotations.Nullable;

/** What {@code hash-on} names, as 64 well-mixed bits for the consistent-hashing balancers. */
final class HashKey {

  private HashKey() {}

  /** The hash for this request; requests without the named header or cookie hash alike. */
  static long of(String hashOn, RequestHead head, byte[] clientAddress) {
    int colon = hashOn.indexOf(':');
    String kind = colon < 0 ? hashOn : hashOn.substring(0, colon);
    return switch (kind) {
      case "path" -> hash(head.path());
      case "header" -> hash(head.headers().get(hashOn.substring(colon + 1)));
      case "cookie" -> hash(cookie(head.headers(), hashOn.substring(colon + 1)));
      default -> Hash64.of(clientAddress);
    };
  }

  /** The value of a cookie (RFC 6265 section 4.2.1), or null. */
  static @Nullable String cookie(HeaderBlock headers, String name) {
    for (int i = headers.indexOf("Cookie"); i >= 0; i = headers.indexOf("Cookie", i + 1)) {
      String line = headers.value(i);
      int from = 0;
      while (from < line.length()) {
        int semicolon = line.indexOf(';', from);
        int end = semicolon < 0 ? line.length() : semicolon;
        int equals = line.indexOf('=', from);
        if (equals > 0 && equals < end && line.substring(from, equals).strip().equals(name)) {
          return line.substring(equals + 1, end).strip();
        }
        from = end + 1;
      }
    }
    return null;
  }

  private static long hash(@Nullable String text) {
    return Hash64.of(text == null ? "" : text);
  }
}
