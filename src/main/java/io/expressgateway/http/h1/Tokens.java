package io.expressgateway.http.h1;

/** Byte classes of RFC 9110 section 5.6.2 and RFC 9112, one table look-up each. */
public final class Tokens {

  private static final byte TOKEN = 1;
  private static final byte VALUE = 2;
  private static final byte TARGET = 4;
  private static final byte AUTHORITY = 8;
  private static final byte[] CLASS = new byte[256];

  static {
    for (int c = 0; c < 256; c++) {
      boolean alphanumeric =
          (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (alphanumeric || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
        CLASS[c] |= TOKEN;
      }
      if (c == '\t' || (c >= 0x20 && c != 0x7f)) {
        CLASS[c] |= VALUE;
      }
      // Visible ASCII; a fragment never reaches a server (RFC 9112 section 3.2).
      if (c > 0x20 && c < 0x7f && c != '#') {
        CLASS[c] |= TARGET;
      }
      // RFC 3986 section 3.2 without userinfo, which RFC 9110 section 4.2.4 forbids.
      if (alphanumeric || "-._~!$&'()*+,;=%:[]".indexOf(c) >= 0) {
        CLASS[c] |= AUTHORITY;
      }
    }
  }

  private Tokens() {}

  static boolean isToken(byte b) {
    return (CLASS[b & 0xff] & TOKEN) != 0;
  }

  static boolean isValue(byte b) {
    return (CLASS[b & 0xff] & VALUE) != 0;
  }

  /** Whether a byte may stand in a request target. */
  public static boolean isTarget(byte b) {
    return (CLASS[b & 0xff] & TARGET) != 0;
  }

  /**
   * Whether a text is {@code host}, {@code host:port} or {@code [ipv6]:port}: no user information,
   * no empty host, no port beyond 65535.
   */
  public static boolean isAuthority(String text) {
    int length = text.length();
    if (length == 0) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c > 0x7f || (CLASS[c] & AUTHORITY) == 0) {
        return false;
      }
    }
    int hostEnd;
    if (text.charAt(0) == '[') {
      int bracket = text.indexOf(']');
      if (bracket < 0 || !isIpv6(text, 1, bracket)) {
        return false;
      }
      hostEnd = bracket + 1;
    } else {
      int colon = text.indexOf(':');
      hostEnd = colon < 0 ? length : colon;
      for (int i = 0; i < hostEnd; i++) {
        char c = text.charAt(i);
        if (c == '[' || c == ']') {
          return false;
        }
      }
    }
    return hostEnd > 0 && (hostEnd == length || isPort(text, hostEnd));
  }

  private static boolean isIpv6(String text, int from, int to) {
    return io.netty.util.NetUtil.isValidIpV6Address(text.substring(from, to));
  }

  private static boolean isPort(String text, int colon) {
    if (text.charAt(colon) != ':' || text.length() - colon > 6) {
      return false;
    }
    int port = 0;
    for (int i = colon + 1; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      port = port * 10 + digit;
    }
    // "host:" with an empty port is allowed by RFC 3986 section 3.2.3, and two parsers may differ
    // on it: refused.
    return text.length() > colon + 1 && port <= 65_535;
  }
}
