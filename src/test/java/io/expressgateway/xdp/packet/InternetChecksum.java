package io.expressgateway.xdp.packet;

/** The check sum of RFC 1071, always over everything: never updated from an older value. */
public final class InternetChecksum {

  private InternetChecksum() {}

  /** The value to store for these bytes, whose own check sum field is zero. */
  public static int of(byte[]... parts) {
    return ~sum(parts) & 0xffff;
  }

  /** Whether bytes that hold their check sum add up to all ones. */
  public static boolean holds(byte[]... parts) {
    return sum(parts) == 0xffff;
  }

  /** What stands before a TCP, UDP or ICMPv6 segment in its sum (RFC 9293 3.1, RFC 8200 8.1). */
  public static byte[] pseudoHeader(byte[] source, byte[] destination, int protocol, int length) {
    byte[] header = new byte[source.length * 2 + 8];
    System.arraycopy(source, 0, header, 0, source.length);
    System.arraycopy(destination, 0, header, source.length, source.length);
    int at = source.length * 2;
    header[at] = (byte) (length >>> 24);
    header[at + 1] = (byte) (length >>> 16);
    header[at + 2] = (byte) (length >>> 8);
    header[at + 3] = (byte) length;
    header[at + 7] = (byte) protocol;
    return header;
  }

  /** Every part but the last has an even number of bytes. */
  private static int sum(byte[]... parts) {
    long sum = 0;
    for (byte[] part : parts) {
      for (int i = 0; i < part.length; i++) {
        sum += (i & 1) == 0 ? (part[i] & 0xffL) << 8 : part[i] & 0xffL;
      }
    }
    while (sum > 0xffff) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (int) sum;
  }
}
