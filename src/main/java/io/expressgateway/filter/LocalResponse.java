package io.expressgateway.filter;

import java.util.List;
import java.util.Map;

/**
 * A complete answer made by a filter.
 *
 * @param status 200 to 599
 * @param headers in this order; Content-Length and Date are added
 * @param body sent as UTF-8; may be empty
 */
public record LocalResponse(int status, List<Map.Entry<String, String>> headers, String body) {

  /** A bodiless answer. */
  public static LocalResponse of(int status) {
    return new LocalResponse(status, List.of(), "");
  }

  /** A bodiless answer with one header. */
  public static LocalResponse of(int status, String name, String value) {
    return new LocalResponse(status, List.of(Map.entry(name, value)), "");
  }
}
