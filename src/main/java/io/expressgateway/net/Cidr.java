package io.expressgateway.net;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * An IP network such as {@code 10.0.0.0/8} or {@code 2001:db8::/32}; a bare address is a network of
 * one. An IPv4-mapped IPv6 address ({@code ::ffff:10.1.2.3}) is treated as the IPv4 address that it
 * stands for (RFC 4291 section 2.5.5.2), so that a dual-stack socket cannot walk around a rule.
 */
public final class Cidr {

  private final byte[] network;
  private final int prefix;

  private Cidr(byte[] network, int prefix) {
    this.network = network;
    this.prefix = prefix;
  }

  /**
   * Reads {@code address/prefix} or a bare address. Never resolves a name.
   *
   * @throws IllegalArgumentException when the text is no literal network or has bits set beyond its
   *     prefix
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    byte[] address = IpLiteral.parse(literal);
    if (address == null) {
      throw new IllegalArgumentException("'" + text + "' is not an IP address or network");
    }
    int prefix = address.length * 8;
    if (slash >= 0) {
      String digits = text.substring(slash + 1);
      if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(Cidr::isDigit)) {
        throw new IllegalArgumentException("'" + text + "' has no numeric prefix length");
      }
      prefix = Integer.parseInt(digits);
      if (prefix > address.length * 8) {
        throw new IllegalArgumentException(
            "'" + text + "' has a prefix longer than " + address.length * 8);
      }
    }
    if (!Arrays.equals(address, masked(address, prefix))) {
      throw new IllegalArgumentException("'" + text + "' has bits set beyond its prefix");
    }
    return new Cidr(address, prefix);
  }

  /** Whether {@code address} lies in this network; families never match each other. Any thread. */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 16 && IpLiteral.isMappedIpv4(bytes)) {
      bytes = Arrays.copyOfRange(bytes, 12, 16);
    }
    if (bytes.length != network.length) {
      return false;
    }
    int whole = prefix >> 3;
    for (int i = 0; i < whole; i++) {
      if (bytes[i] != network[i]) {
        return false;
      }
    }
    int rest = prefix & 7;
    return rest == 0 || ((bytes[whole] ^ network[whole]) & (0xff00 >> rest) & 0xff) == 0;
  }

  /** The network's address, 4 or 16 bytes. */
  public byte[] address() {
    return network.clone();
  }

  /** How many leading bits belong to the network. */
  public int prefix() {
    return prefix;
  }

  /** Whether it is a network of IPv4 addresses. */
  public boolean isIpv4() {
    return network.length == 4;
  }

  private static byte[] masked(byte[] address, int prefix) {
    byte[] copy = address.clone();
    for (int bit = prefix; bit < copy.length * 8; bit++) {
      copy[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
    }
    return copy;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cidr that
        && prefix == that.prefix
        && Arrays.equals(network, that.network);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(network) * 31 + prefix;
  }

  /** {@code address/prefix}. */
  @Override
  public String toString() {
    return IpLiteral.format(network) + "/" + prefix;
  }
}
