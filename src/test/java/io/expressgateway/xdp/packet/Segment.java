package io.expressgateway.xdp.packet;

import java.nio.ByteBuffer;

/** What an IP packet carries. */
public sealed interface Segment {

  int FIN = 0x01;
  int SYN = 0x02;
  int RST = 0x04;
  int ACK = 0x10;

  /** Its number in the IP header. */
  int protocol();

  /** Its bytes between these addresses, check sum included. */
  byte[] bytes(byte[] source, byte[] destination);

  /** A TCP segment without options. */
  record Tcp(int sourcePort, int destinationPort, int flags, byte[] payload) implements Segment {
    @Override
    public int protocol() {
      return Protocol.TCP;
    }

    @Override
    public byte[] bytes(byte[] source, byte[] destination) {
      ByteBuffer out = ByteBuffer.allocate(20 + payload.length);
      out.putShort((short) sourcePort).putShort((short) destinationPort);
      out.putInt(0x01020304).putInt(0x05060708);
      out.put((byte) 0x50).put((byte) flags).putShort((short) 0xfaf0).putInt(0).put(payload);
      return summed(out.array(), 16, source, destination, Protocol.TCP);
    }
  }

  /** A datagram; {@code isSummed} false leaves its check sum 0, which IPv4 allows (RFC 768). */
  record Udp(int sourcePort, int destinationPort, byte[] payload, boolean isSummed)
      implements Segment {
    @Override
    public int protocol() {
      return Protocol.UDP;
    }

    @Override
    public byte[] bytes(byte[] source, byte[] destination) {
      int length = 8 + payload.length;
      ByteBuffer out = ByteBuffer.allocate(length);
      out.putShort((short) sourcePort).putShort((short) destinationPort);
      out.putShort((short) length).putShort((short) 0).put(payload);
      if (!isSummed) {
        return out.array();
      }
      byte[] bytes = summed(out.array(), 6, source, destination, Protocol.UDP);
      if (bytes[6] == 0 && bytes[7] == 0) {
        bytes[6] = (byte) 0xff;
        bytes[7] = (byte) 0xff;
      }
      return bytes;
    }
  }

  /** An ICMP message, of the version that the addresses have. */
  record Icmp(int protocol, int type, int code, int rest, byte[] body) implements Segment {
    @Override
    public byte[] bytes(byte[] source, byte[] destination) {
      ByteBuffer out = ByteBuffer.allocate(8 + body.length);
      out.put((byte) type).put((byte) code).putShort((short) 0).putInt(rest).put(body);
      byte[] bytes = out.array();
      if (protocol == Protocol.ICMPV6) {
        return summed(bytes, 2, source, destination, Protocol.ICMPV6);
      }
      return store(bytes, 2, InternetChecksum.of(bytes));
    }
  }

  /** Bytes as they are. */
  record Raw(int protocol, byte[] payload) implements Segment {
    @Override
    public byte[] bytes(byte[] source, byte[] destination) {
      return payload.clone();
    }
  }

  private static byte[] summed(
      byte[] bytes, int at, byte[] source, byte[] destination, int protocol) {
    byte[] pseudo = InternetChecksum.pseudoHeader(source, destination, protocol, bytes.length);
    return store(bytes, at, InternetChecksum.of(pseudo, bytes));
  }

  private static byte[] store(byte[] bytes, int at, int sum) {
    bytes[at] = (byte) (sum >>> 8);
    bytes[at + 1] = (byte) sum;
    return bytes;
  }
}
