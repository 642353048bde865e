package io.expressgateway.xdp.model;

import io.expressgateway.xdp.packet.InternetChecksum;
import io.expressgateway.xdp.packet.Protocol;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * ICMP errors that the gateway makes: from the VIP to the client, back where the packet came from.
 */
final class IcmpAnswer {

  private static final int QUOTED = 120;
  private static final int HOPS = 64;

  private IcmpAnswer() {}

  /**
   * Whether the sender may be told: not what was sent to a group of link addresses, and not a
   * source that is none (RFC 1122 section 3.2.2, RFC 4443 section 2.4 e).
   */
  static boolean isAllowed(Frame frame) {
    String source = frame.key.source();
    int first = Integer.parseInt(source.substring(0, 2), 16);
    boolean isNobody =
        frame.isVersion4
            ? first == 0 || first == 127 || first >= 224
            : first == 255 || source.startsWith("0".repeat(31)) && source.charAt(31) < '2';
    return (frame.u8(0) & 1) == 0 && !isNobody;
  }

  static byte[] timeExceeded(Frame frame) {
    return frame.isVersion4 ? answer(frame, 11, 0, 0) : answer(frame, 3, 0, 0);
  }

  static byte[] tooBig(Frame frame, int mtu) {
    return frame.isVersion4 ? answer(frame, 3, 4, mtu) : answer(frame, 2, 0, mtu);
  }

  private static byte[] answer(Frame frame, int type, int code, int rest) {
    byte[] packet = frame.packet();
    int quoted = Math.min(frame.length & ~3, QUOTED);
    int padding = packet.length - frame.length;
    int addressAt = frame.isVersion4 ? 12 : 8;
    int size = frame.isVersion4 ? 4 : 16;
    byte[] client = Arrays.copyOfRange(packet, addressAt, addressAt + size);
    byte[] vip = Arrays.copyOfRange(packet, addressAt + size, addressAt + 2 * size);
    ByteBuffer message = ByteBuffer.allocate(8 + quoted);
    message.put((byte) type).put((byte) code).putShort((short) 0).putInt(rest);
    message.put(packet, 0, quoted);
    int length = message.capacity();
    byte[] pseudo =
        frame.isVersion4
            ? new byte[0]
            : InternetChecksum.pseudoHeader(vip, client, Protocol.ICMPV6, length);
    message.putShort(2, (short) InternetChecksum.of(pseudo, message.array()));
    byte[] header =
        frame.isVersion4 ? version4(vip, client, length) : version6(vip, client, length);
    ByteBuffer out = ByteBuffer.allocate(header.length + length + padding);
    // What Ethernet padded is cut with the packet, so that as many of its bytes stay behind.
    out.put(header).put(message.array()).put(packet, quoted, padding);
    Link link = Link.of(frame);
    Link back =
        new Link(
            link.source(),
            link.destination(),
            link.vlan(),
            link.innerVlan(),
            Link.HERE,
            link.isServiceTagged());
    return Writing.framed(back, out.array());
  }

  private static byte[] version4(byte[] source, byte[] destination, int length) {
    ByteBuffer header = ByteBuffer.allocate(20);
    header.put((byte) 0x45).put((byte) 0).putShort((short) (20 + length));
    header.putShort((short) 0).putShort((short) 0x4000);
    header.put((byte) HOPS).put((byte) Protocol.ICMP).putShort((short) 0);
    header.put(source).put(destination);
    return header.putShort(10, (short) InternetChecksum.of(header.array())).array();
  }

  private static byte[] version6(byte[] source, byte[] destination, int length) {
    ByteBuffer header = ByteBuffer.allocate(40).putInt(6 << 28).putShort((short) length);
    header.put((byte) Protocol.ICMPV6).put((byte) HOPS);
    return header.put(source).put(destination).array();
  }
}
