package io.expressgateway.filter;

import io.expressgateway.message.HeaderName;
import io.expressgateway.message.RequestHead;
import java.util.List;

/**
 * Request header edits by name, with the two names that are not mere fields: Host is the request's
 * authority in every protocol, and the names that delimit the body belong to the gateway.
 */
final class RequestHeaders {

  private RequestHeaders() {}

  /** All values of a name. */
  static List<String> all(RequestHead request, String name) {
    if (isHost(name)) {
      return request.authority().isEmpty() ? List.of() : List.of(request.authority());
    }
    return request.headers().all(name);
  }

  /** Adds a field; a Host that is there stays, because only the first one is ever sent. */
  static void add(RequestHead request, String name, String value) {
    if (!isHost(name)) {
      request.headers().add(name, value);
    } else if (request.authority().isEmpty()) {
      authority(request, value);
    }
  }

  /** Replaces all fields of a name by one. */
  static void set(RequestHead request, String name, String value) {
    if (isHost(name)) {
      authority(request, value);
    } else {
      request.headers().set(name, value);
    }
  }

  /** Removes all fields of a name; what every request needs stays: authority and framing. */
  static void remove(RequestHead request, String name) {
    if (!isHost(name) && !Framing.owns(name)) {
      request.headers().remove(name);
    }
  }

  /**
   * Replaces the authority.
   *
   * @throws IllegalArgumentException when it holds what could split or redirect the request (RFC
   *     3986 section 3.2)
   */
  static void authority(RequestHead request, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c <= ' ' || c >= 0x7f || "/?#@\\,".indexOf(c) >= 0) {
        throw new IllegalArgumentException("a Host made by a filter is no host and port");
      }
    }
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a Host made by a filter is empty");
    }
    request.authority(value);
  }

  private static boolean isHost(String name) {
    return HeaderName.of(name) == HeaderName.HOST;
  }
}
