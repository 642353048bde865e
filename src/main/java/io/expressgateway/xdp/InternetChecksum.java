package io.expressgateway.xdp;

/** The Internet check sum (RFC 1071), computed over all of the bytes. */
final class InternetChecksum {

  private InternetChecksum() {}

  /** Of bytes whose check sum field is 0; 0 for bytes whose field is right. */
  static int of(byte[] bytes, int offset, int length) {
    return ~fold(sum(bytes, offset, length)) & 0xffff;
  }

  /**
   * Of a TCP or UDP segment with its pseudo header (RFC 9293 section 3.1, RFC 8200 section 8.1).
   */
  static int ofTransport(byte[] source, byte[] destination, int protocol, byte[] segment) {
    long sum = sum(source, 0, source.length) + sum(destination, 0, destination.length);
    sum += protocol + segment.length + sum(segment, 0, segment.length);
    return ~fold(sum) & 0xffff;
  }

  private static long sum(byte[] bytes, int offset, int length) {
    long sum = 0;
    for (int i = 0; i < length; i++) {
      int value = Byte.toUnsignedInt(bytes[offset + i]);
      sum += (i & 1) == 0 ? value << 8 : value;
    }
    return sum;
  }

  private static int fold(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) folded;
  }
}
