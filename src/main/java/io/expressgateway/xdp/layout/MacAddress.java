package io.expressgateway.xdp.layout;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * An Ethernet address.
 *
 * @param bits the six bytes as a number, the first the most significant
 */
public record MacAddress(long bits) {

  /** Six zero bytes: none. */
  public static final MacAddress NONE = new MacAddress(0);

  /** Reads six bytes. */
  public static MacAddress of(byte[] bytes) {
    if (bytes.length != 6) {
      throw new IllegalArgumentException("an Ethernet address of " + bytes.length + " bytes");
    }
    long bits = 0;
    for (byte each : bytes) {
      bits = bits << 8 | Byte.toUnsignedInt(each);
    }
    return new MacAddress(bits);
  }

  static MacAddress read(ByteBuffer record, int offset) {
    byte[] bytes = new byte[6];
    record.get(offset, bytes);
    return of(bytes);
  }

  void write(ByteBuffer record, int offset) {
    record.put(offset, bytes());
  }

  /** The six bytes. */
  public byte[] bytes() {
    byte[] bytes = new byte[6];
    for (int i = 0; i < 6; i++) {
      bytes[i] = (byte) (bits >> (40 - 8 * i));
    }
    return bytes;
  }

  /** As in {@code 02:00:00:00:00:01}. */
  @Override
  public String toString() {
    return HexFormat.ofDelimiter(":").formatHex(bytes());
  }
}
