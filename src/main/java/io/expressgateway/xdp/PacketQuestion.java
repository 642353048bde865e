package io.expressgateway.xdp;

import io.expressgateway.snapshot.VipSpec.Transport;
import io.expressgateway.xdp.layout.Wire;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * A packet that somebody asks about.
 *
 * @param source of the same family as the destination
 * @param tcpFlags the byte of TCP's flags: 2 for SYN, 16 for ACK; of no meaning for UDP
 */
public record PacketQuestion(
    InetAddress source,
    int sourcePort,
    InetAddress destination,
    int destinationPort,
    Transport transport,
    int tcpFlags) {

  /** The flag that opens a connection. */
  public static final int SYN = 2;

  private static final int ETHERNET = 14;
  private static final int TYPE_V4 = 0x0800;
  private static final int TYPE_V6 = 0x86dd;
  private static final int HOPS = 64;

  /** Both must be of one family. */
  public PacketQuestion {
    if (Wire.isIpv4(source) != Wire.isIpv4(destination)) {
      throw new IllegalArgumentException("source and destination are of two families");
    }
  }

  /** The packet, from its Ethernet header, with right lengths and check sums and no payload. */
  public byte[] packet() {
    byte[] segment = transport == Transport.TCP ? tcp() : udp();
    byte[] from = source.getAddress();
    boolean ipv4 = from.length == 4;
    ByteBuffer packet = ByteBuffer.allocate(ETHERNET + (ipv4 ? 20 : 40) + segment.length);
    packet.putShort(12, (short) (ipv4 ? TYPE_V4 : TYPE_V6)).position(ETHERNET);
    if (ipv4) {
      packet.put((byte) 0x45).put((byte) 0).putShort((short) (20 + segment.length)).putInt(0);
      packet.put((byte) HOPS).put((byte) transport.number()).putShort((short) 0);
    } else {
      packet.putInt(6 << 28).putShort((short) segment.length);
      packet.put((byte) transport.number()).put((byte) HOPS);
    }
    packet.put(from).put(destination.getAddress()).put(segment);
    byte[] bytes = packet.array();
    if (ipv4) {
      packet.putShort(ETHERNET + 10, (short) InternetChecksum.of(bytes, ETHERNET, 20));
    }
    return bytes;
  }

  private byte[] tcp() {
    byte[] segment =
        ByteBuffer.allocate(20)
            .putShort((short) sourcePort)
            .putShort((short) destinationPort)
            .putLong(0)
            .put((byte) (5 << 4))
            .put((byte) tcpFlags)
            .putShort((short) 0xffff)
            .array();
    return withCheck(segment, 16);
  }

  private byte[] udp() {
    byte[] datagram =
        ByteBuffer.allocate(8)
            .putShort((short) sourcePort)
            .putShort((short) destinationPort)
            .putShort((short) 8)
            .array();
    return withCheck(datagram, 6);
  }

  private byte[] withCheck(byte[] segment, int at) {
    int check =
        InternetChecksum.ofTransport(
            source.getAddress(), destination.getAddress(), transport.number(), segment);
    ByteBuffer.wrap(segment).putShort(at, (short) check);
    return segment;
  }
}
