package io.expressgateway.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** IP address literals, read without ever asking a resolver. */
public final class IpLiteral {

  private IpLiteral() {}

  /**
   * The 4 or 16 bytes of an address literal, or null when {@code text} is none. Strict dotted quad
   * (no octal, no short forms), RFC 4291 section 2.2 for IPv6; an IPv4-mapped literal gives 4
   * bytes.
   */
  public static byte @Nullable [] parse(String text) {
    if (text.indexOf(':') < 0) {
      return parseIpv4(text);
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.digit(c, 16) < 0 && c != ':' && c != '.') {
        return null;
      }
    }
    try {
      // A text with a colon and only address characters is parsed as a literal or refused; the JDK
      // never looks such a text up.
      return InetAddress.ofLiteral(text).getAddress();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static byte @Nullable [] parseIpv4(String text) {
    byte[] address = new byte[4];
    int part = 0;
    int value = -1;
    for (int i = 0; i <= text.length(); i++) {
      char c = i == text.length() ? '.' : text.charAt(i);
      if (c == '.') {
        if (value < 0 || part == 4) {
          return null;
        }
        address[part++] = (byte) value;
        value = -1;
      } else if (c >= '0' && c <= '9') {
        if (value == 0) {
          return null;
        }
        value = Math.max(value, 0) * 10 + (c - '0');
        if (value > 255) {
          return null;
        }
      } else {
        return null;
      }
    }
    return part == 4 ? address : null;
  }

  /** Whether 16 bytes are an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2). */
  public static boolean isMappedIpv4(byte[] address) {
    return address.length == 16
        && address[10] == (byte) 0xff
        && address[11] == (byte) 0xff
        && Arrays.equals(address, 0, 10, new byte[10], 0, 10);
  }

  /** The address of 4 or 16 bytes; an IPv4-mapped one is the IPv4 address. */
  public static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
    }
  }

  /** The textual form of 4 or 16 address bytes. */
  public static String format(byte[] bytes) {
    return address(bytes).getHostAddress();
  }
}
