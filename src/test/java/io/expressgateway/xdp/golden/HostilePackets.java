package io.expressgateway.xdp.golden;

import static io.expressgateway.xdp.golden.Golden.claim;
import static io.expressgateway.xdp.packet.Segment.ACK;
import static io.expressgateway.xdp.packet.Segment.FIN;
import static io.expressgateway.xdp.packet.Segment.RST;
import static io.expressgateway.xdp.packet.Segment.SYN;

import io.expressgateway.xdp.model.FlowState;
import io.expressgateway.xdp.model.Reason;
import io.expressgateway.xdp.packet.Packet;
import io.expressgateway.xdp.packet.Protocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Packets that no honest sender makes. */
final class HostilePackets {

  private static final Service TCP = World.NAT_TCP_4;
  private static final Service UDP = World.NAT_UDP_4;
  private static final Service SIX = World.NAT_TCP_6;

  /** Ethernet, IPv4, TCP without options. */
  private static final int TCP_BYTES = 54;

  private HostilePackets() {}

  static List<Golden> all() {
    List<Golden> all = new ArrayList<>();
    all.addAll(truncated());
    all.addAll(lengths());
    all.addAll(flags());
    all.addAll(oddTuples());
    return all;
  }

  private static Golden dropped(String name, Service service, byte[] frame) {
    return claim(name)
        .given(service)
        .given(service.flowKey(), service.flow(0, service.live()))
        .packet(frame)
        .drop(Reason.MALFORMED);
  }

  private static Golden passed(String name, Service service, byte[] frame) {
    return claim(name)
        .given(service)
        .given(service.flowKey(), service.flow(0, service.live()))
        .packet(frame)
        .pass(Reason.MALFORMED);
  }

  /** Cut after every byte: what has no whole header is passed, for nobody can tell whose it is. */
  private static List<Golden> truncated() {
    List<Golden> cut = new ArrayList<>();
    for (Service service : List.of(TCP, SIX)) {
      byte[] whole = service.request(ACK).payload(new byte[4]).frame();
      int headers = TCP_BYTES + (service == SIX ? 20 : 0);
      String name = "cut-" + (service == SIX ? "6" : "4") + "-after-";
      for (int length = 14; length < whole.length; length++) {
        byte[] frame = Arrays.copyOf(whole, length);
        cut.add(
            length < headers
                ? passed(name + length, service, frame)
                : dropped(name + length, service, frame));
      }
    }
    byte[] tagged = TCP.request(ACK).tag(Protocol.ETHER_VLAN, 5).frame();
    for (int length = 14; length < 22; length++) {
      cut.add(
          claim("cut-in-its-tag-after-" + length)
              .given(TCP)
              .packet(Arrays.copyOf(tagged, length))
              .pass(Reason.TUNNEL));
    }
    return cut;
  }

  private static List<Golden> lengths() {
    return List.of(
        passed("a-header-of-no-words", TCP, TCP.request(ACK).headerWords(0).frame()),
        passed("a-header-of-four-words", TCP, TCP.request(ACK).headerWords(4).frame()),
        passed("a-header-longer-than-the-frame", TCP, TCP.request(ACK).headerWords(15).frame()),
        passed("version-5-under-the-type-of-ipv4", TCP, TCP.request(ACK).version(5).frame()),
        passed("version-4-under-the-type-of-ipv6", SIX, SIX.request(ACK).version(4).frame()),
        dropped("a-length-beyond-the-frame", TCP, TCP.request(ACK).lengthOff(1).frame()),
        dropped("a-length-within-the-header", TCP, TCP.request(ACK).lengthOff(-21).frame()),
        dropped("a-length-within-the-tcp-header", TCP, TCP.request(ACK).lengthOff(-1).frame()),
        dropped("a-length-beyond-the-frame-6", SIX, SIX.request(ACK).lengthOff(1).frame()),
        dropped("a-length-within-the-tcp-header-6", SIX, SIX.request(ACK).lengthOff(-1).frame()),
        dropped("a-jumbogram-s-length-6", SIX, SIX.request(ACK).lengthOff(-20).frame()),
        dropped("a-tcp-header-of-four-words", TCP, changed(TCP.request(ACK), 46, 0x40)),
        dropped("a-tcp-header-beyond-the-packet", TCP, changed(TCP.request(ACK), 46, 0xf0)),
        dropped("a-datagram-of-seven-bytes", UDP, changed(UDP.request(0), 39, 7)),
        dropped("a-datagram-beyond-the-packet", UDP, changed(UDP.request(0), 39, 13)));
  }

  private static byte[] changed(Packet packet, int at, int value) {
    byte[] frame = packet.frame();
    frame[at] = (byte) value;
    return frame;
  }

  private static List<Golden> flags() {
    return List.of(
        dropped("tcp-without-flags", TCP, TCP.request(0).frame()),
        dropped("syn-and-fin", TCP, TCP.request(SYN | FIN).frame()),
        dropped("syn-and-rst", TCP, TCP.request(SYN | RST).frame()),
        dropped("every-flag", TCP, TCP.request(0xff).frame()),
        dropped("urgent-and-push-alone", TCP, TCP.request(0x28).frame()));
  }

  private static List<Golden> oddTuples() {
    Packet land = Packet.tcp(TCP.address(), TCP.port(), TCP.address(), TCP.port(), SYN);
    Packet landed =
        Packet.tcp(TCP.address(), TCP.port(), TCP.endpoints().get(0), TCP.endpointPort(), SYN)
            .ttl(63)
            .macs(Service.OWN_MAC, TCP.nextHopMac(0));
    return List.of(
        claim("port-0-is-a-port-like-others")
            .given(TCP)
            .given(maps -> maps.tables.put(TCP.id() * 2, TCP.only(0)))
            .packet(Packet.tcp(World.CLIENT_4, 0, TCP.address(), TCP.port(), SYN))
            .tx(
                Reason.NEW_FLOW,
                Packet.tcp(World.CLIENT_4, 0, TCP.endpoints().get(0), TCP.endpointPort(), SYN)
                    .ttl(63)
                    .macs(Service.OWN_MAC, TCP.nextHopMac(0)))
            .leaving(TCP.flowKey(World.CLIENT_4, 0), TCP.flow(0, FlowState.SYN)),
        claim("a-packet-from-its-own-destination-loops-nowhere")
            .given(TCP)
            .given(maps -> maps.tables.put(TCP.id() * 2, TCP.only(0)))
            .packet(land)
            .tx(Reason.NEW_FLOW, landed)
            .leaving(TCP.flowKey(TCP.address(), TCP.port()), TCP.flow(0, FlowState.SYN)),
        claim("a-packet-to-port-0-of-a-vip-is-not-ours")
            .given(TCP)
            .packet(Packet.tcp(World.CLIENT_4, World.CLIENT_PORT, TCP.address(), 0, SYN))
            .pass(Reason.NOT_OURS));
  }
}
