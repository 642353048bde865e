package io.expressgateway.xdp.golden;

import static io.expressgateway.xdp.golden.Golden.claim;
import static io.expressgateway.xdp.packet.Segment.ACK;
import static io.expressgateway.xdp.packet.Segment.SYN;

import io.expressgateway.xdp.model.FlowState;
import io.expressgateway.xdp.model.Reason;
import io.expressgateway.xdp.packet.Packet;
import io.expressgateway.xdp.packet.Protocol;
import java.util.ArrayList;
import java.util.List;

/** Both directions of NAT, in both families and protocols. */
final class NatPackets {

  private NatPackets() {}

  static List<Golden> all() {
    List<Golden> all = new ArrayList<>();
    for (Service service :
        List.of(World.NAT_TCP_4, World.NAT_UDP_4, World.NAT_TCP_6, World.NAT_UDP_6)) {
      all.addAll(bothDirections(service));
      all.addAll(tags(service));
    }
    all.addAll(headers());
    all.addAll(datagrams());
    return all;
  }

  private static String suffix(Service service) {
    return (service.isTcp() ? "-tcp" : "-udp") + (service.address().contains(":") ? "6" : "4");
  }

  private static List<Golden> bothDirections(Service service) {
    String suffix = suffix(service);
    FlowState begun = service.isTcp() ? FlowState.SYN : FlowState.UDP;
    return List.of(
        claim("forwards-a-known-flow" + suffix)
            .given(service)
            .given(service.flowKey(), service.flow(0, service.live()))
            .packet(service.request(ACK))
            .tx(Reason.FLOW, service.delivered(0, ACK)),
        claim("forwards-a-known-flow-through-another-interface" + suffix)
            .given(service)
            .given(service.flowKey(), service.flow(1, service.live()))
            .packet(service.request(ACK))
            .redirect(Reason.FLOW, service.delivered(1, ACK)),
        claim("enters-a-new-flow" + suffix)
            .given(service)
            .given(maps -> maps.tables.put(service.id() * 2, service.only(0)))
            .packet(service.request(SYN))
            .tx(Reason.NEW_FLOW, service.delivered(0, SYN))
            .leaving(service.flowKey(), service.flow(0, begun)),
        claim("enters-a-new-flow-by-the-table" + suffix)
            .given(service)
            .given(maps -> maps.tables.put(service.id() * 2, service.only(1)))
            .packet(service.request(SYN))
            .redirect(Reason.NEW_FLOW, service.delivered(1, SYN))
            .leaving(service.flowKey(), service.flow(1, begun)),
        claim("takes-up-a-flow-in-its-middle" + suffix)
            .given(service)
            .given(maps -> maps.tables.put(service.id() * 2, service.only(0)))
            .packet(service.request(ACK))
            .tx(Reason.NEW_FLOW, service.delivered(0, ACK))
            .leaving(service.flowKey(), service.flow(0, begun)),
        claim("turns-a-reply-back" + suffix)
            .given(service)
            .given(service.flowKey(), service.flow(0, service.live()))
            .packet(service.reply(0, ACK))
            .tx(Reason.REPLY, service.returned(ACK)),
        claim("turns-a-reply-back-through-the-client-s-interface" + suffix)
            .given(service)
            .given(
                service.flowKey(),
                service
                    .flow(1, service.live())
                    .from(0, 0, Service.ELSEWHERE, Packet.CLIENT_MAC, Packet.GATEWAY_MAC))
            .packet(service.reply(1, ACK))
            .redirect(Reason.REPLY, service.returned(ACK)),
        claim("a-packet-that-came-by-another-way-alone-draws-no-replies" + suffix)
            .given(service)
            .given(
                service.flowKey(),
                service.flow(0, service.live()).from(9, 0, 5, "02000000c0ff", "02000000a0ff"))
            .packet(service.request(ACK))
            .tx(Reason.FLOW, service.delivered(0, ACK)));
  }

  private static List<Golden> tags(Service service) {
    String suffix = suffix(service);
    var tagged =
        service
            .flow(0, service.live())
            .from(0x2005, 0, Service.HERE, Packet.CLIENT_MAC, Packet.GATEWAY_MAC);
    var twice =
        service
            .flow(0, service.live())
            .from(7, 5, Service.HERE, Packet.CLIENT_MAC, Packet.GATEWAY_MAC)
            .serviceTagged(true);
    return List.of(
        claim("takes-a-client-s-tag-off" + suffix)
            .given(service)
            .given(service.flowKey(), tagged)
            .packet(service.request(ACK).tag(Protocol.ETHER_VLAN, 0x2005))
            .tx(Reason.FLOW, service.delivered(0, ACK)),
        claim("puts-a-client-s-tag-on" + suffix)
            .given(service)
            .given(service.flowKey(), tagged)
            .packet(service.reply(0, ACK))
            .tx(Reason.REPLY, service.returned(ACK).tag(Protocol.ETHER_VLAN, 0x2005)),
        claim("takes-two-tags-off" + suffix)
            .given(service)
            .given(service.flowKey(), twice)
            .packet(service.request(ACK).tag(Protocol.ETHER_QINQ, 7).tag(Protocol.ETHER_VLAN, 5))
            .tx(Reason.FLOW, service.delivered(0, ACK)),
        claim("puts-two-tags-on" + suffix)
            .given(service)
            .given(service.flowKey(), twice)
            .packet(service.reply(0, ACK))
            .tx(
                Reason.REPLY,
                service.returned(ACK).tag(Protocol.ETHER_QINQ, 7).tag(Protocol.ETHER_VLAN, 5)),
        claim("puts-two-tags-of-one-kind-on" + suffix)
            .given(service)
            .given(service.flowKey(), twice.serviceTagged(false))
            .packet(service.reply(0, ACK))
            .tx(
                Reason.REPLY,
                service.returned(ACK).tag(Protocol.ETHER_VLAN, 7).tag(Protocol.ETHER_VLAN, 5)),
        claim("puts-a-service-tag-on" + suffix)
            .given(service)
            .given(service.flowKey(), tagged.serviceTagged(true))
            .packet(service.reply(0, ACK))
            .tx(Reason.REPLY, service.returned(ACK).tag(Protocol.ETHER_QINQ, 0x2005)),
        claim("remembers-a-service-tag" + suffix)
            .given(service)
            .given(maps -> maps.tables.put(service.id() * 2, service.only(0)))
            .packet(service.request(SYN).tag(Protocol.ETHER_QINQ, 0x2005))
            .tx(Reason.NEW_FLOW, service.delivered(0, SYN))
            .leaving(
                service.flowKey(),
                service
                    .flow(0, service.isTcp() ? FlowState.SYN : FlowState.UDP)
                    .from(0x2005, 0, Service.HERE, Packet.CLIENT_MAC, Packet.GATEWAY_MAC)
                    .serviceTagged(true)),
        claim("puts-the-endpoint-s-tag-on" + suffix)
            .given(service)
            .given(service.flowKey(), service.flow(0, service.live()))
            .given(maps ->
                maps.endpoints.put(service.index(0), service.endpoint(0).via(Service.HERE, 12)))
            .packet(service.request(ACK))
            .tx(Reason.FLOW, service.delivered(0, ACK).tag(Protocol.ETHER_VLAN, 12)),
        claim("changes-one-tag-for-another" + suffix)
            .given(service)
            .given(service.flowKey(), tagged)
            .given(maps ->
                maps.endpoints.put(
                    service.index(0), service.endpoint(0).via(Service.ELSEWHERE, 12)))
            .packet(service.request(ACK).tag(Protocol.ETHER_VLAN, 0x2005))
            .redirect(Reason.FLOW, service.delivered(0, ACK).tag(Protocol.ETHER_VLAN, 12)));
  }

  private static List<Golden> headers() {
    Service four = World.NAT_TCP_4;
    Service six = World.NAT_TCP_6;
    byte[] options = {7, 7, 4, 0, 0, 0, 0, 0};
    return List.of(
        claim("leaves-options-of-ipv4-alone")
            .given(four)
            .given(four.flowKey(), four.flow(0, FlowState.ESTABLISHED))
            .packet(four.request(ACK).options(options))
            .tx(Reason.FLOW, four.delivered(0, ACK).options(options)),
        claim("leaves-traffic-class-and-identification-alone")
            .given(four)
            .given(four.flowKey(), four.flow(0, FlowState.ESTABLISHED))
            .packet(four.request(ACK).trafficClass(0xb9).identification(0xffff).fragment(0))
            .tx(
                Reason.FLOW,
                four.delivered(0, ACK).trafficClass(0xb9).identification(0xffff).fragment(0)),
        claim("follows-extension-headers-of-ipv6")
            .given(six)
            .given(six.flowKey(), six.flow(0, FlowState.ESTABLISHED))
            .packet(extended(six.request(ACK)))
            .tx(Reason.FLOW, extended(six.delivered(0, ACK))),
        claim("follows-extension-headers-of-replies")
            .given(six)
            .given(six.flowKey(), six.flow(0, FlowState.ESTABLISHED))
            .packet(extended(six.reply(0, ACK)))
            .tx(Reason.REPLY, extended(six.returned(ACK))),
        claim("takes-an-atomic-fragment-of-ipv6-as-a-packet")
            .given(six)
            .given(six.flowKey(), six.flow(0, FlowState.ESTABLISHED))
            .packet(six.request(ACK).extension(Protocol.FRAGMENT, 1))
            .tx(Reason.FLOW, six.delivered(0, ACK).extension(Protocol.FRAGMENT, 1)),
        claim("keeps-the-padding-of-short-frames")
            .given(four)
            .given(four.flowKey(), four.flow(0, FlowState.ESTABLISHED))
            .packet(four.request(ACK).trailer(6))
            .tx(Reason.FLOW, four.delivered(0, ACK).trailer(6)),
        claim("forwards-a-full-frame")
            .given(four)
            .given(four.flowKey(), four.flow(0, FlowState.ESTABLISHED))
            .packet(four.request(ACK).payload(new byte[1460]))
            .tx(Reason.FLOW, four.delivered(0, ACK).payload(new byte[1460])));
  }

  private static Packet extended(Packet packet) {
    return packet
        .extension(Protocol.HOP_BY_HOP, 1)
        .extension(Protocol.ROUTING, 2)
        .extension(Protocol.DESTINATION_OPTIONS, 3);
  }

  private static List<Golden> datagrams() {
    Service four = World.NAT_UDP_4;
    Service six = World.NAT_UDP_6;
    return List.of(
        claim("leaves-a-datagram-without-check-sum-alone")
            .given(four)
            .given(four.flowKey(), four.flow(0, FlowState.UDP))
            .packet(four.request(0).unsummed())
            .tx(Reason.FLOW, four.delivered(0, 0).unsummed()),
        claim("leaves-a-reply-without-check-sum-alone")
            .given(four)
            .given(four.flowKey(), four.flow(0, FlowState.UDP))
            .packet(four.reply(0, 0).unsummed())
            .tx(Reason.REPLY, four.returned(0).unsummed()),
        claim("writes-a-computed-zero-as-all-ones-udp4")
            .given(four)
            .given(four.flowKey(), four.flow(0, FlowState.UDP))
            .packet(four.request(0).payload(cancelling(four.delivered(0, 0), 40)))
            .tx(Reason.FLOW, four.delivered(0, 0).payload(cancelling(four.delivered(0, 0), 40))),
        claim("writes-a-computed-zero-as-all-ones-udp6")
            .given(six)
            .given(six.flowKey(), six.flow(0, FlowState.UDP))
            .packet(six.request(0).payload(cancelling(six.delivered(0, 0), 60)))
            .tx(Reason.FLOW, six.delivered(0, 0).payload(cancelling(six.delivered(0, 0), 60))),
        claim("writes-a-computed-zero-of-a-reply-as-all-ones")
            .given(four)
            .given(four.flowKey(), four.flow(0, FlowState.UDP))
            .packet(four.reply(0, 0).payload(cancelling(four.returned(0), 40)))
            .tx(Reason.REPLY, four.returned(0).payload(cancelling(four.returned(0), 40))),
        claim("forwards-a-datagram-of-44-bytes")
            .given(four)
            .given(four.flowKey(), four.flow(0, FlowState.UDP))
            .packet(four.request(0).payload((byte) 1, (byte) 2))
            .tx(Reason.FLOW, four.delivered(0, 0).payload((byte) 1, (byte) 2)),
        claim("forwards-an-empty-datagram")
            .given(four)
            .given(four.flowKey(), four.flow(0, FlowState.UDP))
            .packet(four.request(0).payload())
            .tx(Reason.FLOW, four.delivered(0, 0).payload()));
  }

  /** A payload of two bytes with which the datagram's check sum comes out as zero. */
  private static byte[] cancelling(Packet datagram, int sumAt) {
    byte[] frame = datagram.payload((byte) 0, (byte) 0).frame();
    return new byte[] {frame[sumAt], frame[sumAt + 1]};
  }
}
