package io.expressgateway.xdp.layout;

import io.expressgateway.net.IpLiteral;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as one VIP uses it ({@code struct endpoint}). The check sum deltas are made of the
 * rest.
 *
 * @param generation never the same for two addresses at one index
 * @param alive whether its flows go on
 * @param hop the next hop; null when the kernel is asked for each packet
 * @param mtu of the way to it, IP header included; 0 when unknown
 * @param vipId number of the VIP
 * @param outerSource of encapsulated packets; null for none
 */
public record EndpointRecord(
    int generation,
    boolean alive,
    VipMode mode,
    ServiceKey service,
    ServiceKey vip,
    int vipId,
    @Nullable Hop hop,
    int mtu,
    @Nullable InetAddress outerSource) {

  /** {@code struct endpoint}. */
  public static final RecordLayout LAYOUT =
      RecordLayout.of("endpoint")
          .u32("generation")
          .u8("flags")
          .u8("mode")
          .u16("port_be")
          .bytes("address", 16)
          .bytes("next_hop_mac", 6)
          .bytes("own_mac", 6)
          .u32("interface")
          .u16("vlan")
          .u16("mtu")
          .u16("address_delta")
          .u16("transport_delta")
          .u16("vip_port_be")
          .u8("protocol")
          .u8("padding")
          .u32("vip")
          .bytes("reserved", 8)
          .bytes("vip_address", 16)
          .bytes("outer_source", 16)
          .bytes("reserved2", 32)
          .build();

  private static final int FLAG_ALIVE = 1;
  private static final int FLAG_NEXT_HOP = 2;

  private static final int GENERATION = LAYOUT.offset("generation");
  private static final int FLAGS = LAYOUT.offset("flags");
  private static final int MODE = LAYOUT.offset("mode");
  private static final int PORT = LAYOUT.offset("port_be");
  private static final int ADDRESS = LAYOUT.offset("address");
  private static final int NEXT_HOP_MAC = LAYOUT.offset("next_hop_mac");
  private static final int OWN_MAC = LAYOUT.offset("own_mac");
  private static final int INTERFACE = LAYOUT.offset("interface");
  private static final int VLAN = LAYOUT.offset("vlan");
  private static final int MTU = LAYOUT.offset("mtu");
  private static final int ADDRESS_DELTA = LAYOUT.offset("address_delta");
  private static final int TRANSPORT_DELTA = LAYOUT.offset("transport_delta");
  private static final int VIP_PORT = LAYOUT.offset("vip_port_be");
  private static final int PROTOCOL = LAYOUT.offset("protocol");
  private static final int VIP = LAYOUT.offset("vip");
  private static final int VIP_ADDRESS = LAYOUT.offset("vip_address");
  private static final int OUTER_SOURCE = LAYOUT.offset("outer_source");

  /** The record. */
  public byte[] encode() {
    ByteBuffer record =
        LAYOUT
            .allocate()
            .putInt(GENERATION, generation)
            .put(FLAGS, (byte) ((alive ? FLAG_ALIVE : 0) | (hop == null ? 0 : FLAG_NEXT_HOP)))
            .put(MODE, (byte) mode.code())
            .put(ADDRESS, Wire.mapped(service.address()))
            .putShort(MTU, (short) Math.min(mtu, 0xffff))
            .put(PROTOCOL, (byte) vip.protocol())
            .putInt(VIP, vipId)
            .put(VIP_ADDRESS, Wire.mapped(vip.address()));
    Wire.putBigEndian(record, PORT, service.port());
    Wire.putBigEndian(record, VIP_PORT, vip.port());
    if (outerSource != null) {
      record.put(OUTER_SOURCE, Wire.mapped(outerSource));
    }
    if (hop != null) {
      hop.mac().write(record, NEXT_HOP_MAC);
      hop.ownMac().write(record, OWN_MAC);
      record.putInt(INTERFACE, hop.interfaceIndex()).putShort(VLAN, (short) hop.vlan());
    }
    if (mode == VipMode.NAT) {
      writeDeltas(record);
    }
    return RecordLayout.bytes(record);
  }

  private void writeDeltas(ByteBuffer record) {
    byte[] from = vip.address().getAddress();
    byte[] to = service.address().getAddress();
    int addresses = ChecksumDelta.change(from, to);
    Wire.putBigEndian(record, ADDRESS_DELTA, ChecksumDelta.of(addresses));
    int ports = ChecksumDelta.change(vip.port(), service.port());
    Wire.putBigEndian(record, TRANSPORT_DELTA, ChecksumDelta.of(addresses, ports));
  }

  /** Reads a record; the deltas are not looked at. */
  public static EndpointRecord decode(byte[] value) {
    ByteBuffer record = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
    int protocol = Byte.toUnsignedInt(record.get(PROTOCOL));
    int flags = record.get(FLAGS);
    byte[] outer = new byte[16];
    record.get(OUTER_SOURCE, outer);
    return new EndpointRecord(
        record.getInt(GENERATION),
        (flags & FLAG_ALIVE) != 0,
        VipMode.of(record.get(MODE)),
        new ServiceKey(Wire.address(record, ADDRESS, 16), Wire.bigEndian(record, PORT), protocol),
        new ServiceKey(
            Wire.address(record, VIP_ADDRESS, 16), Wire.bigEndian(record, VIP_PORT), protocol),
        record.getInt(VIP),
        (flags & FLAG_NEXT_HOP) == 0
            ? null
            : new Hop(
                MacAddress.read(record, NEXT_HOP_MAC),
                MacAddress.read(record, OWN_MAC),
                record.getInt(INTERFACE),
                Short.toUnsignedInt(record.getShort(VLAN))),
        Short.toUnsignedInt(record.getShort(MTU)),
        Wire.isZero(outer) ? null : IpLiteral.address(outer));
  }
}
