package io.expressgateway.xdp.golden;

import static io.expressgateway.xdp.golden.Golden.claim;
import static io.expressgateway.xdp.packet.Segment.ACK;
import static io.expressgateway.xdp.packet.Segment.FIN;
import static io.expressgateway.xdp.packet.Segment.SYN;

import io.expressgateway.xdp.model.FlowState;
import io.expressgateway.xdp.model.Reason;
import io.expressgateway.xdp.packet.Packet;
import io.expressgateway.xdp.packet.Protocol;
import java.util.ArrayList;
import java.util.List;

/** Direct server return: under an outer header, and by the link address alone. */
final class DsrPackets {

  private static final int MTU = 1500;

  private DsrPackets() {}

  static List<Golden> all() {
    List<Golden> all = new ArrayList<>();
    for (Service service :
        List.of(
            World.IPIP_TCP_4,
            World.IPIP_UDP_4,
            World.IPIP_TCP_6,
            World.IPIP_UDP_6,
            World.L2_TCP_4,
            World.L2_UDP_6)) {
      all.addAll(each(service));
    }
    all.addAll(states());
    all.addAll(sizes());
    all.add(outerHeaderTakesTheInnerOnesClass());
    return all;
  }

  /** A client's packet on its way to the endpoint. */
  private static Packet delivered(Service service, int which, Packet packet) {
    packet.ttl(63);
    return switch (service.mode()) {
      case DSR_IPIP -> encapsulated(service, which, packet).identification(0);
      case DSR_L2 -> packet.macs(Service.OWN_MAC, service.nextHopMac(which));
      default -> throw new IllegalArgumentException(service.toString());
    };
  }

  private static Packet encapsulated(Service service, int which, Packet inner) {
    boolean isVersion6 = service.address().contains(":");
    return Packet.raw(
            isVersion6 ? World.OUTER_6 : World.OUTER_4,
            service.endpoints().get(which),
            isVersion6 ? Protocol.IPV6 : Protocol.IPIP,
            inner.ip())
        .macs(Service.OWN_MAC, service.nextHopMac(which));
  }

  private static List<Golden> each(Service service) {
    String suffix = "-" + service.mode().name().toLowerCase().replace('_', '-') + service.id();
    FlowState begun = service.isTcp() ? FlowState.SYN : FlowState.UDP;
    return List.of(
        claim("forwards-a-known-flow" + suffix)
            .given(service)
            .given(service.flowKey(), service.flow(0, service.live()))
            .packet(service.request(ACK))
            .tx(Reason.FLOW, delivered(service, 0, service.request(ACK))),
        claim("enters-a-new-flow" + suffix)
            .given(service)
            .given(maps -> maps.tables.put(service.id() * 2, service.only(1)))
            .packet(service.request(SYN))
            .redirect(Reason.NEW_FLOW, delivered(service, 1, service.request(SYN)))
            .leaving(service.flowKey(), service.flow(1, begun)),
        claim("takes-a-tag-off" + suffix)
            .given(service)
            .given(service.flowKey(), service.flow(0, service.live()))
            .packet(service.request(ACK).tag(Protocol.ETHER_VLAN, 9))
            .tx(Reason.FLOW, delivered(service, 0, service.request(ACK))),
        claim("puts-the-endpoint-s-tag-on" + suffix)
            .given(service)
            .given(service.flowKey(), service.flow(0, service.live()))
            .given(maps ->
                maps.endpoints.put(service.index(0), service.endpoint(0).via(Service.HERE, 12)))
            .packet(service.request(ACK))
            .tx(
                Reason.FLOW,
                delivered(service, 0, service.request(ACK)).tag(Protocol.ETHER_VLAN, 12)),
        claim("does-not-know-an-endpoint-s-own-packets" + suffix)
            .given(service)
            .given(service.flowKey(), service.flow(0, service.live()))
            .packet(service.reply(0, ACK))
            .pass(Reason.NOT_OURS));
  }

  /** The answers go another way, so that the client's packets alone tell where a flow is. */
  private static List<Golden> states() {
    Service service = World.L2_TCP_4;
    return List.of(
        claim("the-second-packet-establishes-under-dsr")
            .given(service)
            .given(service.flowKey(), service.flow(0, FlowState.SYN))
            .packet(service.request(ACK))
            .tx(Reason.FLOW, delivered(service, 0, service.request(ACK)))
            .leaving(service.flowKey(), service.flow(0, FlowState.ESTABLISHED)),
        claim("a-repeated-syn-does-not-establish-under-dsr")
            .given(service)
            .given(service.flowKey(), service.flow(0, FlowState.SYN))
            .packet(service.request(SYN))
            .tx(Reason.FLOW, delivered(service, 0, service.request(SYN))),
        claim("a-fin-is-the-last-word-under-dsr")
            .given(service)
            .given(service.flowKey(), service.flow(0, FlowState.ESTABLISHED))
            .packet(service.request(FIN | ACK))
            .tx(Reason.FLOW, delivered(service, 0, service.request(FIN | ACK)))
            .leaving(service.flowKey(), service.flow(0, FlowState.CLIENT_FIN)),
        claim("a-syn-after-a-fin-is-a-new-flow-under-dsr")
            .given(service)
            .given(maps -> maps.tables.put(service.id() * 2, service.only(1)))
            .given(service.flowKey(), service.flow(0, FlowState.CLIENT_FIN))
            .packet(service.request(SYN))
            .redirect(Reason.NEW_FLOW, delivered(service, 1, service.request(SYN)))
            .leaving(service.flowKey(), service.flow(1, FlowState.SYN)));
  }

  /** As long as fits, outer header included. */
  private static List<Golden> sizes() {
    List<Golden> sizes = new ArrayList<>();
    for (Service service : List.of(World.IPIP_TCP_4, World.IPIP_TCP_6)) {
      int headers = service.address().contains(":") ? 40 + 60 : 20 + 40;
      byte[] payload = new byte[MTU - headers];
      sizes.add(
          claim("fills-the-way-to-the-endpoint-" + service.id())
              .given(service)
              .given(service.flowKey(), service.flow(0, FlowState.ESTABLISHED))
              .packet(service.request(ACK).payload(payload))
              .tx(Reason.FLOW, delivered(service, 0, service.request(ACK).payload(payload))));
    }
    return sizes;
  }

  private static Golden outerHeaderTakesTheInnerOnesClass() {
    Service service = World.IPIP_TCP_4;
    return claim("an-outer-header-takes-the-inner-one-s-class")
        .given(service)
        .given(service.flowKey(), service.flow(0, FlowState.ESTABLISHED))
        .packet(service.request(ACK).trafficClass(0xb9).fragment(0))
        .tx(
            Reason.FLOW,
            delivered(service, 0, service.request(ACK).trafficClass(0xb9).fragment(0))
                .trafficClass(0xb9));
  }
}
