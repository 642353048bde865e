package io.expressgateway.xdp.model;

import io.expressgateway.xdp.packet.InternetChecksum;
import io.expressgateway.xdp.packet.Protocol;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** The packets that leave: changed IP packets, outer headers, link headers. */
final class Writing {

  private static final int OUTER_HOPS = 64;

  private Writing() {}

  /** Any link header in front of an IP packet. */
  static byte[] framed(Link link, byte[] packet) {
    ByteBuffer out = ByteBuffer.allocate(22 + packet.length);
    out.put(HexFormat.of().parseHex(link.destination()));
    out.put(HexFormat.of().parseHex(link.source()));
    int tags = (link.vlan() == 0 ? 0 : 1) + (link.innerVlan() == 0 ? 0 : 1);
    int first = link.isServiceTagged() ? Protocol.ETHER_QINQ : Protocol.ETHER_VLAN;
    if (tags == 2) {
      out.putShort((short) first).putShort((short) link.vlan());
      out.putShort((short) Protocol.ETHER_VLAN).putShort((short) link.innerVlan());
    } else if (tags == 1) {
      out.putShort((short) first);
      out.putShort((short) (link.vlan() | link.innerVlan()));
    }
    boolean isVersion4 = packet[0] >>> 4 == 4;
    out.putShort((short) (isVersion4 ? Protocol.ETHER_IPV4 : Protocol.ETHER_IPV6)).put(packet);
    byte[] frame = new byte[out.position()];
    out.get(0, frame);
    return frame;
  }

  /** The IP packet with one hop less. */
  static byte[] lowered(Frame frame) {
    byte[] packet = frame.packet();
    int at = frame.isVersion4 ? 8 : 7;
    int before = short16(packet, 8);
    packet[at]--;
    if (frame.isVersion4) {
      change(packet, 10, Delta.of(before, short16(packet, 8)));
    }
    return packet;
  }

  /** The IP packet, one hop less, with another destination (or source, for a reply). */
  static byte[] translated(Frame frame, String address, int port, boolean isReply) {
    byte[] packet = lowered(frame);
    int size = frame.isVersion4 ? 4 : 16;
    int addressAt = (frame.isVersion4 ? 12 : 8) + (isReply ? 0 : size);
    int transport = frame.transport - frame.network;
    int portAt = transport + (isReply ? 0 : 2);
    String fresh = VipKey.narrow(address);
    String old = HexFormat.of().formatHex(packet, addressAt, addressAt + size);
    int addresses = Delta.of(old, fresh);
    int all = Delta.add(addresses, Delta.of(short16(packet, portAt), port));
    System.arraycopy(HexFormat.of().parseHex(fresh), 0, packet, addressAt, size);
    packet[portAt] = (byte) (port >>> 8);
    packet[portAt + 1] = (byte) port;
    if (frame.isVersion4) {
      change(packet, 10, addresses);
    }
    if (frame.isTcp()) {
      change(packet, transport + 16, all);
    } else if (!frame.isVersion4 || short16(packet, transport + 6) != 0) {
      change(packet, transport + 6, all);
      if (short16(packet, transport + 6) == 0) {
        packet[transport + 6] = (byte) 0xff;
        packet[transport + 7] = (byte) 0xff;
      }
    }
    return packet;
  }

  /** The packet under an outer header; what Ethernet padded stays behind it. */
  static byte[] encapsulated(byte[] packet, int length, Endpoint endpoint) {
    boolean isVersion4 = packet[0] >>> 4 == 4;
    ByteBuffer out = ByteBuffer.allocate((isVersion4 ? 20 : 40) + packet.length);
    if (isVersion4) {
      out.put((byte) 0x45).put(packet[1]).putShort((short) (length + 20));
      out.putShort((short) 0).putShort((short) 0x4000);
      out.put((byte) OUTER_HOPS).put((byte) Protocol.IPIP).putShort((short) 0);
    } else {
      out.put(packet, 0, 4).putShort((short) length);
      out.put((byte) Protocol.IPV6).put((byte) OUTER_HOPS);
    }
    out.put(HexFormat.of().parseHex(VipKey.narrow(endpoint.outerSource())));
    out.put(HexFormat.of().parseHex(VipKey.narrow(endpoint.address())));
    if (isVersion4) {
      byte[] header = new byte[20];
      out.get(0, header);
      out.putShort(10, (short) InternetChecksum.of(header));
    }
    return out.put(packet).array();
  }

  static void change(byte[] packet, int at, int delta) {
    int sum = Delta.applied(short16(packet, at), delta);
    packet[at] = (byte) (sum >>> 8);
    packet[at + 1] = (byte) sum;
  }

  static int short16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
  }
}
