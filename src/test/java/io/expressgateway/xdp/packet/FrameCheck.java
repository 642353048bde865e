package io.expressgateway.xdp.packet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a frame as a receiver would and tells what is wrong with its lengths and check sums.
 * Everything is recomputed from the bytes; headers inside tunnels and ICMP errors are read too.
 */
public final class FrameCheck {

  private final List<String> problems = new ArrayList<>();

  private FrameCheck() {}

  /** What a receiver would find wrong, in words; empty for a frame that is right. */
  public static List<String> problems(byte[] frame) {
    FrameCheck check = new FrameCheck();
    int at = 12;
    int type = short16(frame, at);
    while (type == Protocol.ETHER_VLAN || type == Protocol.ETHER_QINQ) {
      at += 4;
      type = short16(frame, at);
    }
    if (at + 2 > frame.length) {
      check.problems.add("Ethernet: ends in a tag");
      return check.problems;
    }
    byte[] packet = Arrays.copyOfRange(frame, at + 2, frame.length);
    if (type == Protocol.ETHER_IPV4) {
      check.ipv4(packet, "IPv4");
    } else if (type == Protocol.ETHER_IPV6) {
      check.ipv6(packet, "IPv6");
    }
    return check.problems;
  }

  private void ipv4(byte[] packet, String where) {
    int headerLength = packet.length < 20 ? 0 : (packet[0] & 15) * 4;
    int length = packet.length < 20 ? 0 : short16(packet, 2);
    if (headerLength < 20 || length < headerLength || length > packet.length) {
      problems.add(where + ": lengths " + headerLength + ", " + length + " of " + packet.length);
      return;
    }
    if (!InternetChecksum.holds(Arrays.copyOf(packet, headerLength))) {
      problems.add(where + ": header check sum");
    }
    if ((short16(packet, 6) & 0x3fff) != 0) {
      return;
    }
    byte[] source = Arrays.copyOfRange(packet, 12, 16);
    byte[] destination = Arrays.copyOfRange(packet, 16, 20);
    segment(packet[9] & 255, source, destination, packet, headerLength, length, where);
  }

  private void ipv6(byte[] packet, String where) {
    int length = packet.length < 40 ? -1 : 40 + short16(packet, 4);
    if (length < 0 || length > packet.length) {
      problems.add(where + ": length " + length + " of " + packet.length);
      return;
    }
    byte[] source = Arrays.copyOfRange(packet, 8, 24);
    byte[] destination = Arrays.copyOfRange(packet, 24, 40);
    int at = 40;
    int next = packet[6] & 255;
    while (isExtension(next) && at + 8 <= length) {
      int size =
          next == Protocol.AUTHENTICATION
              ? (packet[at + 1] & 255) * 4 + 8
              : (packet[at + 1] & 255) * 8 + 8;
      next = packet[at] & 255;
      at += size;
    }
    if (next == Protocol.FRAGMENT) {
      return;
    }
    segment(next, source, destination, packet, at, length, where);
  }

  private static boolean isExtension(int next) {
    return next == Protocol.HOP_BY_HOP
        || next == Protocol.ROUTING
        || next == Protocol.AUTHENTICATION
        || next == Protocol.DESTINATION_OPTIONS;
  }

  private void segment(
      int protocol,
      byte[] source,
      byte[] destination,
      byte[] packet,
      int from,
      int to,
      String where) {
    if (from > to) {
      problems.add(where + ": headers beyond the end");
      return;
    }
    byte[] bytes = Arrays.copyOfRange(packet, from, to);
    byte[] pseudo = InternetChecksum.pseudoHeader(source, destination, protocol, bytes.length);
    switch (protocol) {
      case Protocol.TCP -> expect(InternetChecksum.holds(pseudo, bytes), where + " TCP");
      case Protocol.UDP -> udp(bytes, pseudo, source.length == 4, where);
      case Protocol.ICMP -> {
        expect(InternetChecksum.holds(bytes), where + " ICMP");
        quoted(bytes, bytes.length > 0 && isError4(bytes[0] & 255), where + " in ICMP");
      }
      case Protocol.ICMPV6 -> {
        expect(InternetChecksum.holds(pseudo, bytes), where + " ICMPv6");
        quoted(bytes, bytes.length > 0 && (bytes[0] & 0x80) == 0, where + " in ICMPv6");
      }
      case Protocol.IPIP -> ipv4(bytes, where + " in tunnel");
      case Protocol.IPV6 -> ipv6(bytes, where + " in tunnel");
      default -> {}
    }
  }

  private void udp(byte[] bytes, byte[] pseudo, boolean mayBeUnsummed, String where) {
    if (bytes.length < 8 || short16(bytes, 4) != bytes.length) {
      problems.add(where + " UDP: length");
    } else if (short16(bytes, 6) != 0) {
      expect(InternetChecksum.holds(pseudo, bytes), where + " UDP");
    } else if (!mayBeUnsummed) {
      problems.add(where + " UDP: no check sum");
    }
  }

  private static boolean isError4(int type) {
    return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
  }

  /** A quoted packet may be cut short; its own IPv4 header must still add up. */
  private void quoted(byte[] message, boolean isError, String where) {
    if (isError && message.length >= 28 && message[8] >>> 4 == 4) {
      int headerLength = (message[8] & 15) * 4;
      if (message.length >= 8 + headerLength) {
        byte[] header = Arrays.copyOfRange(message, 8, 8 + headerLength);
        expect(InternetChecksum.holds(header), where + " IPv4 header");
      }
    }
  }

  private void expect(boolean holds, String what) {
    if (!holds) {
      problems.add(what + ": check sum");
    }
  }

  private static int short16(byte[] bytes, int at) {
    return at + 2 > bytes.length ? 0 : (bytes[at] & 255) << 8 | bytes[at + 1] & 255;
  }
}
