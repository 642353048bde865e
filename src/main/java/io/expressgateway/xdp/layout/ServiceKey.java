package io.expressgateway.xdp.layout;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An address, port and protocol: of a VIP, the key of {@code vips}; of an endpoint, the key of
 * {@code replies}. Both C records are laid out alike.
 *
 * @param protocol 6 for TCP, 17 for UDP
 */
public record ServiceKey(InetAddress address, int port, int protocol) {

  /** {@code struct vip_key}. */
  public static final RecordLayout VIP = layout("vip_key");

  /** {@code struct reply_key}. */
  public static final RecordLayout REPLY = layout("reply_key");

  private static final int PORT = VIP.offset("port_be");
  private static final int PROTOCOL = VIP.offset("protocol");

  private static RecordLayout layout(String name) {
    return RecordLayout.of(name)
        .bytes("address", 16)
        .u16("port_be")
        .u8("protocol")
        .u8("padding")
        .build();
  }

  /** The record. */
  public byte[] encode() {
    ByteBuffer record = VIP.allocate().put(0, Wire.mapped(address));
    Wire.putBigEndian(record, PORT, port);
    return RecordLayout.bytes(record.put(PROTOCOL, (byte) protocol));
  }

  /** Reads a record. */
  public static ServiceKey decode(byte[] key) {
    ByteBuffer record = ByteBuffer.wrap(key).order(ByteOrder.nativeOrder());
    return new ServiceKey(
        Wire.address(record, 0, 16),
        Wire.bigEndian(record, PORT),
        Byte.toUnsignedInt(record.get(PROTOCOL)));
  }
}
