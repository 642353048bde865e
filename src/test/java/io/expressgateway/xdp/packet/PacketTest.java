package io.expressgateway.xdp.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PacketTest {

  private static final String V4 = "192.0.2.1";
  private static final String V6 = "2001:db8::1";

  static Stream<Packet> everyKind() {
    byte[] quoted = Packet.tcp("192.0.2.9", 80, "198.51.100.1", 4000, Segment.ACK).ip();
    return Stream.of(
        Packet.tcp(V4, 4000, "192.0.2.9", 80, Segment.SYN),
        Packet.udp(V4, 4000, "192.0.2.9", 53).payload((byte) 1),
        Packet.udp(V4, 4000, "192.0.2.9", 53).unsummed(),
        Packet.tcp(V4, 4000, "192.0.2.9", 80, Segment.ACK)
            .options((byte) 1, (byte) 1, (byte) 1, (byte) 0),
        Packet.tcp(V4, 4000, "192.0.2.9", 80, Segment.ACK)
            .tag(Protocol.ETHER_QINQ, 7)
            .tag(Protocol.ETHER_VLAN, 8),
        Packet.icmp(V4, "192.0.2.9", 3, 4, 1400, quoted),
        Packet.raw(V4, "192.0.2.9", Protocol.IPIP, quoted),
        Packet.tcp(V6, 4000, "2001:db8::2", 80, Segment.SYN),
        Packet.udp(V6, 4000, "2001:db8::2", 80)
            .extension(Protocol.HOP_BY_HOP, 1)
            .extension(Protocol.AUTHENTICATION, 3)
            .extension(Protocol.DESTINATION_OPTIONS, 2),
        Packet.icmp(V6, "2001:db8::2", 2, 0, 1280, Packet.udp(V6, 1, "2001:db8::3", 2).ip()),
        Packet.raw(V6, "2001:db8::2", Protocol.IPV6, Packet.udp(V6, 1, "2001:db8::3", 2).ip()),
        Packet.tcp(V4, 4000, "192.0.2.9", 80, Segment.SYN).trailer(6));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void buildsFramesThatAReceiverAccepts(Packet packet) {
    assertThat(FrameCheck.problems(packet.frame())).isEmpty();
  }

  @Test
  void noticesAFlippedBitInEverySum() {
    assertThat(problemsWithFlippedByte(Packet.tcp(V4, 4000, "192.0.2.9", 80, Segment.SYN), 26))
        .containsExactly("IPv4: header check sum", "IPv4 TCP: check sum");
    assertThat(problemsWithFlippedByte(Packet.udp(V6, 4000, "2001:db8::2", 53), 22))
        .containsExactly("IPv6 UDP: check sum");
    assertThat(problemsWithFlippedByte(Packet.icmp(V4, "192.0.2.9", 8, 0, 1, new byte[9]), 42))
        .containsExactly("IPv4 ICMP: check sum");
    assertThat(problemsWithFlippedByte(Packet.icmp(V6, "2001:db8::2", 128, 0, 1, new byte[9]), 62))
        .containsExactly("IPv6 ICMPv6: check sum");
  }

  private static List<String> problemsWithFlippedByte(Packet packet, int at) {
    byte[] frame = packet.frame();
    frame[at] ^= 4;
    return FrameCheck.problems(frame);
  }

  /** A header that text books sum up, to 0xb861. */
  @Test
  void sumsAsPublishedExamplesDo() {
    byte[] header = HexFormat.of().parseHex("450000730000400040110000c0a80001c0a800c7");
    assertThat(InternetChecksum.of(header)).isEqualTo(0xb861);
  }

  @Test
  void writesAComputedZeroOfUdpAsAllOnes() {
    byte[] frame = zeroSum();
    assertThat(List.of(frame[40], frame[41])).containsExactly((byte) 0xff, (byte) 0xff);
    assertThat(FrameCheck.problems(frame)).isEmpty();
  }

  /** The two payload bytes are chosen so that everything else cancels out. */
  private static byte[] zeroSum() {
    byte[] frame = Packet.udp(V4, 4000, "192.0.2.9", 53).payload((byte) 0, (byte) 0).frame();
    return Packet.udp(V4, 4000, "192.0.2.9", 53).payload(frame[40], frame[41]).frame();
  }
}
