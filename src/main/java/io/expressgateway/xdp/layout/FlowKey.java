package io.expressgateway.xdp.layout;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A client's side of a flow: the key of {@code flows_v4} and {@code flows_v6}.
 *
 * @param source the client
 * @param destination the VIP, of the same family
 * @param protocol 6 for TCP, 17 for UDP
 */
public record FlowKey(
    InetAddress source,
    InetAddress destination,
    int sourcePort,
    int destinationPort,
    int protocol) {

  /** {@code struct flow_key_v4}. */
  public static final RecordLayout V4 = layout("flow_key_v4", 4);

  /** {@code struct flow_key_v6}. */
  public static final RecordLayout V6 = layout("flow_key_v6", 16);

  private static RecordLayout layout(String name, int address) {
    return RecordLayout.of(name)
        .bytes("source", address)
        .bytes("destination", address)
        .u16("source_port_be")
        .u16("destination_port_be")
        .u8("protocol")
        .bytes("padding", 3)
        .build();
  }

  /** Whether it belongs into {@code flows_v4}. */
  public boolean isIpv4() {
    return Wire.isIpv4(destination);
  }

  /** The record of its family. */
  public byte[] encode() {
    byte[] from = source.getAddress();
    ByteBuffer record = (isIpv4() ? V4 : V6).allocate();
    record.put(0, from).put(from.length, destination.getAddress());
    int ports = 2 * from.length;
    Wire.putBigEndian(record, ports, sourcePort);
    Wire.putBigEndian(record, ports + 2, destinationPort);
    record.put(ports + 4, (byte) protocol);
    return RecordLayout.bytes(record);
  }

  /** Reads a key out of many. */
  public static FlowKey decode(byte[] keys, int offset, boolean ipv4) {
    ByteBuffer record = ByteBuffer.wrap(keys).order(ByteOrder.nativeOrder());
    int length = ipv4 ? 4 : 16;
    int ports = offset + 2 * length;
    return new FlowKey(
        Wire.address(record, offset, length),
        Wire.address(record, offset + length, length),
        Wire.bigEndian(record, ports),
        Wire.bigEndian(record, ports + 2),
        Byte.toUnsignedInt(record.get(ports + 4)));
  }
}
