package io.expressgateway.filter;

import io.expressgateway.message.RequestHead;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/** Gives a request another raw path, such that nothing in it can break the request line. */
final class RawPath {

  private RawPath() {}

  /** Whether the request has a path at all: {@code OPTIONS *} has none to edit. */
  static boolean isEditable(RequestHead request) {
    return request.path().startsWith("/");
  }

  /**
   * Replaces the path. A question mark in it begins the query, with the request's own behind it,
   * and a hash ends the whole, as in Spring Cloud Gateway, where the result is parsed as a URI.
   * Characters beyond ASCII are percent-encoded.
   *
   * @throws IllegalArgumentException when it does not begin with a slash, or holds white space or a
   *     control character
   */
  static void set(RequestHead request, String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("a path edited by a filter does not begin with a slash");
    }
    String safe = safe(path);
    @Nullable String query = request.query();
    int hash = safe.indexOf('#');
    if (hash >= 0) {
      safe = safe.substring(0, hash);
      query = null;
    }
    int question = safe.indexOf('?');
    if (question >= 0) {
      String own = safe.substring(question + 1);
      request.query(query == null ? own : own + "?" + query);
      safe = safe.substring(0, question);
    } else if (hash >= 0) {
      request.query(null);
    }
    request.path(safe);
  }

  private static String safe(String path) {
    boolean ascii = true;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c <= ' ' || c == 0x7f) {
        throw new IllegalArgumentException(
            "a path edited by a filter holds white space or a control character, at " + i);
      }
      ascii &= c < 0x7f;
    }
    return ascii ? path : encodeBeyondAscii(path);
  }

  /** Everything beyond ASCII as escaped UTF-8, composed first, as {@code URI.toASCIIString}. */
  static String encodeBeyondAscii(String text) {
    StringBuilder encoded = new StringBuilder(text.length() + 8);
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    for (byte b : composed.getBytes(StandardCharsets.UTF_8)) {
      if (b > 0) {
        encoded.append((char) b);
      } else {
        PercentCode.append(encoded, b, "");
      }
    }
    return encoded.toString();
  }
}
