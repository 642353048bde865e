package io.expressgateway.stream.proxyprotocol;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * One extension of a version 2 header (specification section 2.2): a type, and a value whose
 * meaning the type gives. Immutable.
 */
public final class Tlv {

  /** The protocol that was agreed on, as in ALPN. */
  public static final int ALPN = 0x01;

  /** The host name that the client asked for. */
  public static final int AUTHORITY = 0x02;

  /** The checksum of the header; verified and never kept. */
  public static final int CRC32C = 0x03;

  /** Padding; never kept. */
  public static final int NOOP = 0x04;

  /** An opaque identity of the connection, at most 128 bytes. */
  public static final int UNIQUE_ID = 0x05;

  /** What the proxy knows of the client's TLS; holds extensions itself. */
  public static final int SSL = 0x20;

  /** The name of the proxy's network namespace. */
  public static final int NETNS = 0x30;

  private final int type;
  private final byte[] value;

  /**
   * Copies the value.
   *
   * @param type 0 to 255
   * @param value at most 65 535 bytes
   */
  public Tlv(int type, byte[] value) {
    if (type < 0 || type > 0xff || value.length > 0xffff) {
      throw new IllegalArgumentException("type " + type + " with " + value.length + " bytes");
    }
    this.type = type;
    this.value = value.clone();
  }

  /** What the value means. */
  public int type() {
    return type;
  }

  /** How long the value is, in bytes. */
  public int length() {
    return value.length;
  }

  /** A copy of the value. */
  public byte[] value() {
    return value.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tlv that && type == that.type && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return type * 31 + Arrays.hashCode(value);
  }

  /** Type and value in hexadecimal digits. */
  @Override
  public String toString() {
    return "%02x:%s".formatted(type, HexFormat.of().formatHex(value));
  }
}
