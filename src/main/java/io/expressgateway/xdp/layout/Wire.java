package io.expressgateway.xdp.layout;

import io.expressgateway.net.IpLiteral;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Addresses and ports as records hold them. */
public final class Wire {

  private Wire() {}

  /** 16 bytes; an IPv4 address as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2). */
  public static byte[] mapped(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 16) {
      return bytes;
    }
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    System.arraycopy(bytes, 0, mapped, 12, 4);
    return mapped;
  }

  /** Whether it is an IPv4 address. */
  public static boolean isIpv4(InetAddress address) {
    return address instanceof Inet4Address;
  }

  static InetAddress address(ByteBuffer record, int offset, int length) {
    byte[] bytes = new byte[length];
    record.get(offset, bytes);
    return IpLiteral.address(bytes);
  }

  /** Two bytes in network order, whatever the buffer's order. */
  static void putBigEndian(ByteBuffer record, int offset, int value) {
    record.put(offset, (byte) (value >> 8)).put(offset + 1, (byte) value);
  }

  static int bigEndian(ByteBuffer record, int offset) {
    return Byte.toUnsignedInt(record.get(offset)) << 8 | Byte.toUnsignedInt(record.get(offset + 1));
  }

  static boolean isZero(byte[] bytes) {
    return Arrays.equals(bytes, new byte[bytes.length]);
  }
}
