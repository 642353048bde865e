package io.expressgateway.xdp.packet;

import io.expressgateway.xdp.packet.Segment.Icmp;
import io.expressgateway.xdp.packet.Segment.Raw;
import io.expressgateway.xdp.packet.Segment.Tcp;
import io.expressgateway.xdp.packet.Segment.Udp;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A frame in the making: Ethernet, tags, IPv4 or IPv6 (as the addresses are), one segment. Every
 * check sum is computed in full. Methods change this object and return it; {@code with...} of a
 * header field may also make it wrong on purpose.
 */
public final class Packet {

  /** Ethernet addresses that tests use throughout. */
  public static final String CLIENT_MAC = "02000000c001";

  public static final String GATEWAY_MAC = "02000000a001";

  private String destinationMac = GATEWAY_MAC;
  private String sourceMac = CLIENT_MAC;
  private final List<int[]> tags = new ArrayList<>();
  private byte[] source;
  private byte[] destination;
  private Segment segment;
  private int ttl = 64;
  private int trafficClass;
  private int identification = 0x1234;
  private int fragment = 0x4000;
  private byte[] options = {};
  private final List<int[]> extensions = new ArrayList<>();
  private int headerWords = -1;
  private int version = -1;
  private int lengthOff;
  private byte[] trailer = {};

  private Packet(String source, String destination, Segment segment) {
    this.source = address(source);
    this.destination = address(destination);
    this.segment = segment;
  }

  public static Packet tcp(String source, int sourcePort, String destination, int port, int flags) {
    byte[] payload = {};
    return new Packet(source, destination, new Tcp(sourcePort, port, flags, payload));
  }

  public static Packet udp(String source, int sourcePort, String destination, int port) {
    byte[] payload = {'d', 'a', 't', 'a'};
    return new Packet(source, destination, new Udp(sourcePort, port, payload, true));
  }

  /** An ICMP or ICMPv6 message, as the addresses are. */
  public static Packet icmp(
      String source, String destination, int type, int code, int rest, byte[] body) {
    int protocol = address(source).length == 4 ? Protocol.ICMP : Protocol.ICMPV6;
    return new Packet(source, destination, new Icmp(protocol, type, code, rest, body));
  }

  public static Packet raw(String source, String destination, int protocol, byte[] payload) {
    return new Packet(source, destination, new Raw(protocol, payload));
  }

  /** The bytes of an address literal. */
  public static byte[] address(String literal) {
    return InetAddress.ofLiteral(literal).getAddress();
  }

  public Packet macs(String source, String destination) {
    sourceMac = source;
    destinationMac = destination;
    return this;
  }

  /** Puts a tag inside those that are there. */
  public Packet tag(int type, int control) {
    tags.add(new int[] {type, control});
    return this;
  }

  public Packet ttl(int value) {
    ttl = value;
    return this;
  }

  public Packet trafficClass(int value) {
    trafficClass = value;
    return this;
  }

  public Packet identification(int value) {
    identification = value;
    return this;
  }

  /** IPv4: flags and offset, 0x4000 is "do not fragment". */
  public Packet fragment(int flagsAndOffset) {
    fragment = flagsAndOffset;
    return this;
  }

  /** IPv4 options, a multiple of four bytes. */
  public Packet options(byte... bytes) {
    options = bytes;
    return this;
  }

  /** IPv6: appends an extension header of that many units of eight bytes. */
  public Packet extension(int type, int units) {
    extensions.add(new int[] {type, units});
    return this;
  }

  /** IPv4: the header length field, right or wrong. */
  public Packet headerWords(int words) {
    headerWords = words;
    return this;
  }

  public Packet version(int value) {
    version = value;
    return this;
  }

  /** Makes the total (or payload) length field wrong by that much. */
  public Packet lengthOff(int bytes) {
    lengthOff = bytes;
    return this;
  }

  /** Bytes behind the IP packet, as Ethernet pads short ones. */
  public Packet trailer(int bytes) {
    trailer = new byte[bytes];
    return this;
  }

  public Packet payload(byte... bytes) {
    segment =
        switch (segment) {
          case Tcp tcp -> new Tcp(tcp.sourcePort(), tcp.destinationPort(), tcp.flags(), bytes);
          case Udp udp -> new Udp(udp.sourcePort(), udp.destinationPort(), bytes, udp.isSummed());
          case Icmp icmp -> new Icmp(icmp.protocol(), icmp.type(), icmp.code(), icmp.rest(), bytes);
          case Raw raw -> new Raw(raw.protocol(), bytes);
        };
    return this;
  }

  /** Leaves the check sum of a datagram out. */
  public Packet unsummed() {
    Udp udp = (Udp) segment;
    segment = new Udp(udp.sourcePort(), udp.destinationPort(), udp.payload(), false);
    return this;
  }

  /** The whole frame. */
  public byte[] frame() {
    byte[] ip = ip();
    ByteBuffer out = ByteBuffer.allocate(14 + tags.size() * 4 + ip.length + trailer.length);
    out.put(HexFormat.of().parseHex(destinationMac)).put(HexFormat.of().parseHex(sourceMac));
    for (int[] tag : tags) {
      out.putShort((short) tag[0]).putShort((short) tag[1]);
    }
    int type = source.length == 4 ? Protocol.ETHER_IPV4 : Protocol.ETHER_IPV6;
    return out.putShort((short) type).put(ip).put(trailer).array();
  }

  /** The IP packet alone, as ICMP errors and tunnels quote it. */
  public byte[] ip() {
    byte[] bytes = segment.bytes(source, destination);
    return source.length == 4 ? ipv4(bytes) : ipv6(bytes);
  }

  private byte[] ipv4(byte[] bytes) {
    int headerLength = 20 + options.length;
    int words = headerWords < 0 ? headerLength / 4 : headerWords;
    ByteBuffer out = ByteBuffer.allocate(headerLength + bytes.length);
    out.put((byte) ((version < 0 ? 4 : version) << 4 | words)).put((byte) trafficClass);
    out.putShort((short) (headerLength + bytes.length + lengthOff));
    out.putShort((short) identification).putShort((short) fragment);
    out.put((byte) ttl).put((byte) segment.protocol()).putShort((short) 0);
    out.put(source).put(destination).put(options);
    byte[] header = new byte[headerLength];
    out.get(0, header);
    out.putShort(10, (short) InternetChecksum.of(header));
    return out.put(bytes).array();
  }

  private byte[] ipv6(byte[] bytes) {
    int extensionLength = extensions.stream().mapToInt(e -> e[1] * 8).sum();
    ByteBuffer out = ByteBuffer.allocate(40 + extensionLength + bytes.length);
    out.putInt((version < 0 ? 6 : version) << 28 | trafficClass << 20);
    out.putShort((short) (extensionLength + bytes.length + lengthOff));
    out.put((byte) (extensions.isEmpty() ? segment.protocol() : extensions.getFirst()[0]));
    out.put((byte) ttl).put(source).put(destination);
    for (int i = 0; i < extensions.size(); i++) {
      int last = extensions.size() - 1;
      out.put((byte) (i == last ? segment.protocol() : extensions.get(i + 1)[0]));
      out.put(extensionBody(extensions.get(i)[0], extensions.get(i)[1]));
    }
    return out.put(bytes).array();
  }

  /** All but the first byte of an extension header, filled with padding (PadN). */
  private static byte[] extensionBody(int type, int units) {
    byte[] body = new byte[units * 8 - 1];
    if (type == Protocol.FRAGMENT) {
      body[6] = 1;
      return body;
    }
    // The authentication header counts words less two (RFC 4302 section 2.2).
    body[0] = (byte) (type == Protocol.AUTHENTICATION ? units * 2 - 2 : units - 1);
    body[1] = 1;
    body[2] = (byte) (units * 8 - 4);
    return body;
  }
}
