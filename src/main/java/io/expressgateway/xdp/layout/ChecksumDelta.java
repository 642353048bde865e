package io.expressgateway.xdp.layout;

/**
 * What an Internet check sum changes by when words of the packet change: the complement of the sum
 * of the complements of the old words and of the new ones (RFC 1624 equation 3), as 16 bits of
 * ones' complement arithmetic. Numbers are in network order.
 */
final class ChecksumDelta {

  private ChecksumDelta() {}

  /** For all of these changes together. */
  static int of(int... changes) {
    int sum = 0;
    for (int change : changes) {
      sum = join(sum, change);
    }
    return ~sum & 0xffff;
  }

  /** For bytes that become others; as many of both, an even number. */
  static int change(byte[] from, byte[] to) {
    if (from.length != to.length) {
      throw new IllegalArgumentException(from.length + " bytes cannot become " + to.length);
    }
    int sum = 0;
    for (int i = 0; i < from.length; i += 2) {
      sum = join(sum, change(word(from, i), word(to, i)));
    }
    return sum;
  }

  /** For one word that becomes another. */
  static int change(int from, int to) {
    return join(~from & 0xffff, to);
  }

  private static int join(int one, int other) {
    int sum = one + other;
    return (sum & 0xffff) + (sum >>> 16);
  }

  private static int word(byte[] bytes, int offset) {
    return Byte.toUnsignedInt(bytes[offset]) << 8 | Byte.toUnsignedInt(bytes[offset + 1]);
  }
}
