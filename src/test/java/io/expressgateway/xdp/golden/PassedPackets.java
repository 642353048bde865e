package io.expressgateway.xdp.golden;

import static io.expressgateway.xdp.golden.Golden.claim;
import static io.expressgateway.xdp.packet.Segment.ACK;
import static io.expressgateway.xdp.packet.Segment.SYN;

import io.expressgateway.xdp.model.FlowState;
import io.expressgateway.xdp.model.Maps;
import io.expressgateway.xdp.model.Mode;
import io.expressgateway.xdp.model.Network;
import io.expressgateway.xdp.model.Reason;
import io.expressgateway.xdp.model.Settings;
import io.expressgateway.xdp.model.Vip;
import io.expressgateway.xdp.packet.Packet;
import io.expressgateway.xdp.packet.Protocol;
import java.util.List;
import java.util.function.Consumer;

/** What is not forwarded: not ours, the relay's, refused. */
final class PassedPackets {

  private static final Service TCP = World.NAT_TCP_4;
  private static final Service UDP = World.NAT_UDP_4;
  private static final Service SIX = World.NAT_TCP_6;

  private PassedPackets() {}

  static List<Golden> all() {
    return java.util.stream.Stream.of(strangers(), relays(), refused(), withoutEndpoint())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Golden> strangers() {
    byte[] arp = new byte[42];
    arp[12] = (byte) (Protocol.ETHER_ARP >>> 8);
    arp[13] = (byte) Protocol.ETHER_ARP;
    return List.of(
        claim("another-port-of-a-vip-is-not-ours")
            .given(TCP)
            .packet(Packet.tcp(World.CLIENT_4, World.CLIENT_PORT, TCP.address(), 444, SYN))
            .pass(Reason.NOT_OURS),
        claim("another-protocol-of-a-vip-is-not-ours")
            .given(TCP)
            .packet(Packet.udp(World.CLIENT_4, World.CLIENT_PORT, TCP.address(), 443))
            .pass(Reason.NOT_OURS),
        claim("an-endpoint-s-answer-to-others-is-not-ours")
            .given(TCP)
            .packet(TCP.reply(0, ACK))
            .pass(Reason.NOT_OURS),
        claim("a-tunnel-to-a-vip-is-not-ours")
            .given(TCP)
            .packet(Packet.raw(World.CLIENT_4, TCP.address(), Protocol.IPIP, TCP.request(SYN).ip()))
            .pass(Reason.NOT_OURS),
        claim("arp-is-not-ip").given(TCP).packet(arp).pass(Reason.NOT_IP),
        claim("a-first-fragment-of-a-datagram-is-passed")
            .given(UDP)
            .given(UDP.flowKey(), UDP.flow(0, FlowState.UDP))
            .packet(UDP.request(0).fragment(0x2000))
            .pass(Reason.FRAGMENT),
        claim("a-first-fragment-of-a-segment-is-dropped")
            .given(TCP)
            .given(TCP.flowKey(), TCP.flow(0, FlowState.ESTABLISHED))
            .packet(TCP.request(ACK).fragment(0x2000))
            .drop(Reason.TCP_FRAGMENT),
        claim("a-first-fragment-of-an-ipv6-segment-is-dropped")
            .given(SIX)
            .given(SIX.flowKey(), SIX.flow(0, FlowState.ESTABLISHED))
            .packet(firstFragment())
            .drop(Reason.TCP_FRAGMENT),
        claim("a-first-fragment-of-a-segment-to-others-is-passed")
            .given(TCP)
            .packet(
                Packet.tcp(World.CLIENT_4, World.CLIENT_PORT, TCP.address(), 444, ACK)
                    .fragment(0x2000))
            .pass(Reason.FRAGMENT),
        claim("a-tiny-fragment-is-passed")
            .given(TCP)
            .given(TCP.flowKey(), TCP.flow(0, FlowState.ESTABLISHED))
            .packet(
                Packet.raw(World.CLIENT_4, TCP.address(), Protocol.TCP, new byte[8]).fragment(1))
            .pass(Reason.FRAGMENT),
        claim("a-fragment-of-ipv6-is-passed")
            .given(SIX)
            .given(SIX.flowKey(), SIX.flow(0, FlowState.ESTABLISHED))
            .packet(laterFragment())
            .pass(Reason.FRAGMENT),
        claim("a-third-tag-is-not-followed")
            .given(TCP)
            .packet(
                TCP.request(SYN)
                    .tag(Protocol.ETHER_QINQ, 1)
                    .tag(Protocol.ETHER_VLAN, 2)
                    .tag(Protocol.ETHER_VLAN, 3))
            .pass(Reason.TUNNEL),
        claim("a-fifth-extension-header-is-not-followed")
            .given(SIX)
            .packet(
                SIX.request(SYN)
                    .extension(Protocol.HOP_BY_HOP, 1)
                    .extension(Protocol.DESTINATION_OPTIONS, 1)
                    .extension(Protocol.ROUTING, 1)
                    .extension(Protocol.DESTINATION_OPTIONS, 1)
                    .extension(Protocol.DESTINATION_OPTIONS, 1))
            .pass(Reason.EXTENSION_HEADERS),
        claim("long-extension-headers-are-not-followed")
            .given(SIX)
            .packet(SIX.request(SYN).extension(Protocol.HOP_BY_HOP, 17))
            .pass(Reason.EXTENSION_HEADERS));
  }

  /** An IPv6 fragment with an offset. */
  private static byte[] laterFragment() {
    byte[] frame = SIX.request(ACK).extension(Protocol.FRAGMENT, 1).frame();
    frame[14 + 40 + 3] = 8;
    return frame;
  }

  /** An IPv6 fragment that others follow. */
  private static byte[] firstFragment() {
    byte[] frame = SIX.request(ACK).extension(Protocol.FRAGMENT, 1).frame();
    frame[14 + 40 + 3] = 1;
    return frame;
  }

  private static List<Golden> relays() {
    return List.of(
        claim("the-relay-s-connection-stays-its-own")
            .given(TCP)
            .given(TCP.flowKey(), TCP.passed())
            .packet(TCP.request(ACK))
            .pass(Reason.RELAY),
        claim("the-relay-s-session-stays-its-own")
            .given(UDP)
            .given(UDP.flowKey(), UDP.passed())
            .packet(UDP.request(0))
            .pass(Reason.RELAY),
        claim("a-syn-without-the-relay-s-socket-is-a-new-flow")
            .given(TCP)
            .given(only(TCP, 0))
            .given(TCP.flowKey(), TCP.passed())
            .packet(TCP.request(SYN))
            .tx(Reason.NEW_FLOW, TCP.delivered(0, SYN))
            .leaving(TCP.flowKey(), TCP.flow(0, FlowState.SYN)),
        claim("a-vip-in-pass-mode-is-the-relay-s")
            .given(World.PASSED)
            .packet(World.PASSED.request(SYN))
            .pass(Reason.MODE_PASS),
        claim("a-flow-that-is-over-becomes-the-relay-s-in-pass-mode")
            .given(TCP)
            .given(maps ->
                maps.vips.put(TCP.key(), new Vip(TCP.id(), Mode.PASS, TCP.hashOn(), true, false)))
            .given(TCP.flowKey(), TCP.flow(0, FlowState.CLOSED))
            .packet(TCP.request(SYN))
            .pass(Reason.MODE_PASS)
            .leaving(TCP.flowKey(), TCP.passed()));
  }

  private static Consumer<Maps> only(Service service, int which) {
    return maps -> maps.tables.put(service.id() * 2, service.only(which));
  }

  private static List<Golden> refused() {
    Network four = new Network(Service.hex("198.51.100.0"), 24);
    Network six = new Network(Service.hex("2001:db8:c::"), 48);
    return List.of(
        claim("a-vip-in-drop-mode-drops")
            .given(World.DROPPED)
            .packet(World.DROPPED.request(SYN))
            .drop(Reason.MODE_DROP),
        claim("a-denied-network-opens-no-flow")
            .given(TCP)
            .given(maps -> maps.deny.add(four))
            .packet(TCP.request(SYN))
            .drop(Reason.DENIED),
        claim("a-denied-network-of-ipv6-opens-no-flow")
            .given(SIX)
            .given(maps -> maps.deny.add(six))
            .packet(SIX.request(SYN))
            .drop(Reason.DENIED),
        claim("an-allowed-network-within-a-denied-one-opens-flows")
            .given(TCP)
            .given(only(TCP, 0))
            .given(maps -> maps.deny.add(four))
            .given(maps -> maps.allow.add(new Network(Service.hex(World.CLIENT_4), 32)))
            .packet(TCP.request(SYN))
            .tx(Reason.NEW_FLOW, TCP.delivered(0, SYN))
            .leaving(TCP.flowKey(), TCP.flow(0, FlowState.SYN)),
        claim("a-denied-network-says-nothing-of-a-mapped-address")
            .given(SIX)
            .given(only(SIX, 0))
            .given(maps -> maps.deny.add(four))
            .packet(SIX.request(SYN))
            .tx(Reason.NEW_FLOW, SIX.delivered(0, SYN))
            .leaving(SIX.flowKey(), SIX.flow(0, FlowState.SYN)),
        claim("a-reply-of-an-endpoint-that-lost-the-flow-is-dropped")
            .given(TCP)
            .given(TCP.flowKey(), TCP.flow(1, FlowState.ESTABLISHED))
            .packet(TCP.reply(0, ACK))
            .drop(Reason.DEAD_ENDPOINT));
  }

  private static List<Golden> withoutEndpoint() {
    Consumer<Maps> dead =
        maps -> {
          for (Service service : List.of(TCP, UDP)) {
            maps.endpoints.put(service.index(0), service.endpoint(0).alive(false));
            maps.endpoints.put(service.index(1), service.endpoint(1).alive(false));
          }
        };
    return List.of(
        claim("a-syn-without-an-endpoint-is-the-relay-s-for-life")
            .given(TCP)
            .given(dead)
            .packet(TCP.request(SYN))
            .pass(Reason.NO_ENDPOINT)
            .leaving(TCP.flowKey(), TCP.passed()),
        claim("a-first-datagram-without-an-endpoint-is-the-relay-s-for-life")
            .given(UDP)
            .given(dead)
            .packet(UDP.request(0))
            .pass(Reason.NO_ENDPOINT)
            .leaving(UDP.flowKey(), UDP.passed()),
        claim("a-closed-gate-makes-no-entries-for-the-relay-either")
            .given(UDP)
            .given(dead)
            .given(maps -> maps.settings = new Settings(250, true, 0, 0, 10))
            .packet(UDP.request(0))
            .pass(Reason.NO_ENDPOINT),
        claim("an-ack-without-an-endpoint-is-passed")
            .given(TCP)
            .given(dead)
            .packet(TCP.request(ACK))
            .pass(Reason.NO_ENDPOINT),
        claim("a-vip-without-a-table-has-no-endpoint")
            .given(TCP)
            .given(maps ->
                maps.vips.put(TCP.key(), new Vip(TCP.id(), TCP.mode(), TCP.hashOn(), false, false)))
            .packet(TCP.request(SYN))
            .pass(Reason.NO_ENDPOINT)
            .leaving(TCP.flowKey(), TCP.passed()),
        claim("an-endpoint-without-a-way-is-not-reached")
            .given(TCP)
            .given(only(TCP, 0))
            .given(maps -> maps.endpoints.put(TCP.index(0), TCP.endpoint(0).nextHop(false)))
            .packet(TCP.request(SYN))
            .drop(Reason.NO_ROUTE)
            .leaving(TCP.flowKey(), TCP.flow(0, FlowState.SYN)));
  }
}
