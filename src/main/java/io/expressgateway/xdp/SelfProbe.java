package io.expressgateway.xdp;

import io.expressgateway.net.IpLiteral;
import io.expressgateway.snapshot.VipSpec.Transport;
import io.expressgateway.xdp.layout.Reason;
import io.expressgateway.xdp.layout.ServiceKey;
import io.expressgateway.xdp.layout.VipMode;
import io.expressgateway.xdp.layout.Wire;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Asks the loaded program about one packet to a VIP and checks the answer, so that a program which
 * verifies, but does on this machine what it should not, is noticed before it is trusted.
 */
final class SelfProbe {

  /** Addresses that are nobody's (RFC 5737, RFC 3849). */
  private static final InetAddress CLIENT_V4 = IpLiteral.address(new byte[] {(byte) 192, 0, 2, 1});

  private static final InetAddress CLIENT_V6 =
      IpLiteral.address(
          new byte[] {0x20, 1, 0x0d, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});

  private static final int CLIENT_PORT = 49_152;
  private static final int ETHERNET = 14;

  /** After these the packet is rewritten. */
  private static final Set<Reason> REWRITTEN =
      EnumSet.of(
          Reason.FLOW, Reason.NEW_FLOW, Reason.MOVED_FLOW, Reason.STATELESS, Reason.NO_NEXT_HOP);

  /** These say that the program has not understood the packet. */
  private static final Set<Reason> WRONG =
      EnumSet.of(
          Reason.NONE,
          Reason.NOT_OURS,
          Reason.NOT_IP,
          Reason.FRAGMENT,
          Reason.MALFORMED,
          Reason.EXTENSION_HEADERS,
          Reason.TUNNEL);

  private SelfProbe() {}

  /** What is wrong with how the program treats this VIP; empty when nothing is. */
  static Optional<String> check(PacketPath path, Vip vip) {
    ServiceKey service = vip.key();
    PacketQuestion question =
        new PacketQuestion(
            Wire.isIpv4(service.address()) ? CLIENT_V4 : CLIENT_V6,
            CLIENT_PORT,
            service.address(),
            service.port(),
            service.protocol() == Transport.TCP.number() ? Transport.TCP : Transport.UDP,
            PacketQuestion.SYN);
    byte[] asked = question.packet();
    PacketAnswer answer = PacketAnswer.of(path.program("explain").run(asked));
    Reason reason = answer.reason();
    if (reason == null || WRONG.contains(reason)) {
      return Optional.of(
          "a packet to "
              + vip.name()
              + " came out as "
              + answer.verdict()
              + " for "
              + (reason == null ? "an unknown reason" : reason.text()));
    }
    if (!REWRITTEN.contains(reason) || vip.mode() == VipMode.DSR_L2) {
      return Optional.empty();
    }
    InetAddress destination = answer.destination();
    if (destination == null || !vip.addresses().contains(destination)) {
      return Optional.of("a packet to " + vip.name() + " was sent to " + destination);
    }
    return hasRightChecks(answer, vip.mode())
        ? Optional.empty()
        : Optional.of("a packet to " + vip.name() + " came out with a wrong check sum");
  }

  private static boolean hasRightChecks(PacketAnswer answer, VipMode mode) {
    byte[] packet = answer.packet();
    boolean ipv4 = answer.isIpv4();
    if (ipv4 && InternetChecksum.of(packet, ETHERNET, 20) != 0) {
      return false;
    }
    if (mode != VipMode.NAT) {
      return true;
    }
    int addresses = ETHERNET + (ipv4 ? 12 : 8);
    int length = ipv4 ? 4 : 16;
    int segment = addresses + 2 * length;
    // The length in the header, not that of the frame, which may be padded.
    ByteBuffer in = ByteBuffer.wrap(packet);
    int end = ETHERNET + (ipv4 ? in.getShort(ETHERNET + 2) : 40 + in.getShort(ETHERNET + 4));
    return InternetChecksum.ofTransport(
            Arrays.copyOfRange(packet, addresses, addresses + length),
            Arrays.copyOfRange(packet, addresses + length, segment),
            packet[ETHERNET + (ipv4 ? 9 : 6)],
            Arrays.copyOfRange(packet, segment, end))
        == 0;
  }
}
