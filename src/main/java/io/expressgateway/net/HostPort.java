package io.expressgateway.net;

/**
 * A host and a port as written in configuration: {@code example.org:80}, {@code 127.0.0.1:9001},
 * {@code [::1]:8080}. The host keeps its spelling; an IPv6 literal is held without brackets.
 *
 * @param host a name or an IP literal, never empty
 * @param port 0 to 65535; 0 means "any free port" where something is bound
 */
public record HostPort(String host, int port) {

  /** Checks the range of the port and that there is a host. */
  public HostPort {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("the host is empty");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is outside 0..65535");
    }
  }

  /**
   * Reads {@code host:port}, with brackets around an IPv6 literal (RFC 3986 section 3.2.2).
   *
   * @throws IllegalArgumentException with a sentence for the operator when the text is anything
   *     else
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || colon == text.length() - 1) {
      throw new IllegalArgumentException("'" + text + "' is not host:port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is not host:port; put an IPv6 address in brackets, as in [::1]:8080");
    }
    return new HostPort(host, parsePort(text, colon + 1));
  }

  private static int parsePort(String text, int from) {
    if (text.length() - from > 5) {
      throw new IllegalArgumentException("'" + text + "' has no port in 0..65535");
    }
    int port = 0;
    for (int i = from; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw new IllegalArgumentException("'" + text + "' has a port that is not a number");
      }
      port = port * 10 + digit;
    }
    return port;
  }

  /** {@code host:port}, an IPv6 literal in brackets. */
  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
