package io.expressgateway.xdp.model;

import io.expressgateway.xdp.packet.Protocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A frame as the packet path reads it: where its headers begin and what they say. What cannot be
 * read at all has a {@link #passReason}; what can be read and contradicts itself is {@link
 * #isMalformed}.
 */
final class Frame {

  private static final HexFormat HEX = HexFormat.of();
  private static final int MAX_EXTENSIONS = 4;
  private static final int MAX_EXTENSION_BYTES = 128;

  final byte[] bytes;
  int vlan;
  int innerVlan;

  /** Whether the first tag is one of 802.1ad. */
  boolean isServiceTagged;

  int network;
  int transport;

  /** Bytes of the IP packet, as its header says. */
  int length;

  int protocol;
  int flags;
  int hops;
  boolean isVersion4;
  boolean isMalformed;

  /** The first fragment of a TCP segment. */
  boolean isFragment;

  /** An ICMP message of its IP version; it has no key. */
  boolean isIcmp;

  Reason passReason = Reason.NONE;
  FlowKey key = new FlowKey("", "", 0, 0, 0);

  private Frame(byte[] bytes) {
    this.bytes = bytes;
  }

  static Frame of(byte[] bytes) {
    Frame frame = new Frame(bytes);
    frame.readLink();
    return frame;
  }

  String destinationMac() {
    return hex(0, 6);
  }

  String sourceMac() {
    return hex(6, 12);
  }

  boolean isTcp() {
    return protocol == Protocol.TCP;
  }

  /** Whether it opens a TCP connection: SYN without ACK. */
  boolean opens() {
    return isTcp() && (flags & 0x12) == 0x02;
  }

  /** The frame from the IP header on. */
  byte[] packet() {
    return Arrays.copyOfRange(bytes, network, bytes.length);
  }

  int u8(int at) {
    return bytes[at] & 0xff;
  }

  int u16(int at) {
    return ByteBuffer.wrap(bytes).getShort(at) & 0xffff;
  }

  String hex(int from, int to) {
    return HEX.formatHex(bytes, from, to);
  }

  private void readLink() {
    int at = 12;
    int type = u16(at);
    for (int tag = 0; tag < 2 && isTag(type); tag++) {
      // Room is asked for two tags at once, for no IP packet is so short.
      if (bytes.length < 22) {
        passReason = Reason.TUNNEL;
        return;
      }
      if (tag == 0) {
        vlan = u16(at + 2);
        isServiceTagged = type == Protocol.ETHER_QINQ;
      } else {
        innerVlan = u16(at + 2);
      }
      at += 4;
      type = u16(at);
    }
    network = at + 2;
    switch (type) {
      case Protocol.ETHER_IPV4 -> readVersion4();
      case Protocol.ETHER_IPV6 -> readVersion6();
      default -> passReason = isTag(type) ? Reason.TUNNEL : Reason.NOT_IP;
    }
  }

  private static boolean isTag(int type) {
    return type == Protocol.ETHER_VLAN || type == Protocol.ETHER_QINQ;
  }

  private void readVersion4() {
    isVersion4 = true;
    int available = bytes.length - network;
    int headerBytes = available < 20 ? 0 : (u8(network) & 15) * 4;
    if (headerBytes < 20 || u8(network) >>> 4 != 4) {
      passReason = Reason.MALFORMED;
      return;
    }
    protocol = u8(network + 9);
    isFragment = (u16(network + 6) & 0x3fff) != 0;
    if (isFragment && (!isTcp() || (u16(network + 6) & 0x1fff) != 0)) {
      passReason = Reason.FRAGMENT;
      return;
    }
    length = u16(network + 2);
    hops = u8(network + 8);
    transport = network + headerBytes;
    isMalformed = length < headerBytes || length > available;
    readTransport(hex(network + 12, network + 16), hex(network + 16, network + 20));
  }

  private void readVersion6() {
    int available = bytes.length - network;
    if (available < 40 || u8(network) >>> 4 != 6) {
      passReason = Reason.MALFORMED;
      return;
    }
    length = 40 + u16(network + 4);
    hops = u8(network + 7);
    protocol = u8(network + 6);
    transport = network + 40;
    if (!skipExtensions()) {
      return;
    }
    isMalformed = length < transport - network || length > available;
    readTransport(hex(network + 8, network + 24), hex(network + 24, network + 40));
  }

  private boolean skipExtensions() {
    for (int followed = 0; isExtension(protocol); followed++) {
      if (followed == MAX_EXTENSIONS || transport + 8 > bytes.length) {
        passReason = Reason.EXTENSION_HEADERS;
        return false;
      }
      boolean isFragment = protocol == Protocol.FRAGMENT;
      if (isFragment && (u16(transport + 2) & 0xfff8) != 0) {
        passReason = Reason.FRAGMENT;
        return false;
      }
      this.isFragment |= isFragment && (u16(transport + 2) & 1) != 0;
      protocol = u8(transport);
      transport += isFragment ? 8 : (u8(transport + 1) + 1) * 8;
      if (transport - network - 40 > MAX_EXTENSION_BYTES) {
        passReason = Reason.EXTENSION_HEADERS;
        return false;
      }
    }
    if (isFragment && !isTcp()) {
      passReason = Reason.FRAGMENT;
      return false;
    }
    return true;
  }

  private static boolean isExtension(int protocol) {
    return protocol == Protocol.HOP_BY_HOP
        || protocol == Protocol.ROUTING
        || protocol == Protocol.FRAGMENT
        || protocol == Protocol.DESTINATION_OPTIONS;
  }

  private void readTransport(String source, String destination) {
    if (protocol == (isVersion4 ? Protocol.ICMP : Protocol.ICMPV6)) {
      isIcmp = true;
      return;
    }
    if (protocol != Protocol.TCP && protocol != Protocol.UDP) {
      passReason = Reason.NOT_OURS;
      return;
    }
    if (bytes.length < transport + (isTcp() ? 20 : 8)) {
      passReason = Reason.MALFORMED;
      return;
    }
    key = new FlowKey(source, destination, u16(transport), u16(transport + 2), protocol);
    int room = length - (transport - network);
    if (isTcp()) {
      flags = u8(transport + 13);
      int headerBytes = (u8(transport + 12) >>> 4) * 4;
      isMalformed |= headerBytes < 20 || headerBytes > room || contradicts(flags);
    } else {
      int datagram = u16(transport + 4);
      isMalformed |= datagram < 8 || datagram > room;
    }
  }

  /** SYN with FIN or RST, or none of FIN, SYN, RST and ACK: no TCP sends that. */
  private static boolean contradicts(int flags) {
    boolean opensAndEnds = (flags & 2) != 0 && (flags & 5) != 0;
    return opensAndEnds || (flags & 0x17) == 0;
  }
}
