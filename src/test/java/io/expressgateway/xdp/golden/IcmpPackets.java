package io.expressgateway.xdp.golden;

import static io.expressgateway.xdp.golden.Golden.claim;
import static io.expressgateway.xdp.packet.Segment.ACK;
import static io.expressgateway.xdp.packet.Segment.SYN;

import io.expressgateway.xdp.model.FlowState;
import io.expressgateway.xdp.model.Reason;
import io.expressgateway.xdp.packet.Packet;
import io.expressgateway.xdp.packet.Protocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** ICMP errors that the gateway makes, and those of others that it steers (RFC 792, RFC 4443). */
final class IcmpPackets {

  /** Bytes of a packet that the gateway quotes. */
  private static final int QUOTED = 120;

  private static final String ROUTER_4 = "192.0.2.77";
  private static final String ROUTER_6 = "2001:db8:77::1";

  private IcmpPackets() {}

  static List<Golden> all() {
    List<Golden> all = new ArrayList<>();
    for (Service service :
        List.of(World.NAT_TCP_4, World.NAT_UDP_4, World.NAT_TCP_6, World.NAT_UDP_6)) {
      all.addAll(made(service, 0));
      all.addAll(steered(service));
    }
    all.addAll(made(World.IPIP_TCP_4, 20));
    all.addAll(made(World.IPIP_TCP_6, 40));
    all.addAll(made(World.L2_TCP_4, 0));
    all.add(underDsr(World.L2_TCP_4));
    all.addAll(left());
    return all;
  }

  private static boolean isVersion6(Service service) {
    return service.address().contains(":");
  }

  private static String suffix(Service service) {
    return "-of-" + service.mode().name().toLowerCase().replace('_', '-') + "-" + service.id();
  }

  /** The gateway's own error about a packet, as it leaves. */
  private static Packet error(Service service, int type, int code, int rest, Packet about) {
    byte[] ip = about.ip();
    byte[] body = Arrays.copyOf(ip, Math.min(ip.length & ~3, QUOTED));
    return Packet.icmp(service.address(), service.client(), type, code, rest, body)
        .macs(Packet.GATEWAY_MAC, Packet.CLIENT_MAC)
        .identification(0);
  }

  private static Packet exceeded(Service service, Packet about) {
    return error(service, isVersion6(service) ? 3 : 11, 0, 0, about);
  }

  private static Packet tooBig(Service service, int mtu, Packet about) {
    return isVersion6(service)
        ? error(service, 2, 0, mtu, about)
        : error(service, 3, 4, mtu, about);
  }

  private static List<Golden> made(Service service, int outer) {
    byte[] payload = new byte[1300];
    Packet big = service.request(ACK).payload(payload);
    return List.of(
        claim("answers-the-last-hop" + suffix(service))
            .given(service)
            .given(service.flowKey(), service.flow(0, service.live()))
            .packet(service.request(ACK).ttl(1))
            .tx(Reason.TTL_EXCEEDED, exceeded(service, service.request(ACK).ttl(1))),
        claim("answers-no-hop-at-all" + suffix(service))
            .given(service)
            .given(service.flowKey(), service.flow(0, service.live()))
            .packet(service.request(ACK).ttl(0))
            .tx(Reason.TTL_EXCEEDED, exceeded(service, service.request(ACK).ttl(0))),
        claim("answers-under-the-tag-that-it-was-asked-under" + suffix(service))
            .given(service)
            .given(
                service.flowKey(),
                service
                    .flow(0, service.live())
                    .from(6, 0, Service.HERE, Packet.CLIENT_MAC, Packet.GATEWAY_MAC))
            .packet(service.request(ACK).ttl(1).tag(Protocol.ETHER_VLAN, 6))
            .tx(
                Reason.TTL_EXCEEDED,
                exceeded(service, service.request(ACK).ttl(1)).tag(Protocol.ETHER_VLAN, 6)),
        claim("says-what-fits" + suffix(service))
            .given(service)
            .given(service.flowKey(), service.flow(0, service.live()))
            .given(maps -> maps.endpoints.put(service.index(0), service.endpoint(0).mtu(1280)))
            .packet(big)
            .tx(Reason.TOO_BIG, tooBig(service, 1280 - outer, big)));
  }

  /** A source that cannot be told. */
  private static Golden nobody(String source) {
    Service four = World.NAT_TCP_4;
    return claim("a-packet-from-" + source + "-is-not-answered")
        .given(four)
        .given(four.flowKey(source, 9), four.flow(0, FlowState.ESTABLISHED))
        .packet(Packet.tcp(source, 9, four.address(), four.port(), ACK).ttl(1))
        .drop(Reason.TTL_EXCEEDED);
  }

  /** A reply as a router between gateway and client quotes it, and as the endpoint sent it. */
  private static List<Golden> steered(Service service) {
    String router = isVersion6(service) ? ROUTER_6 : ROUTER_4;
    int type = isVersion6(service) ? 2 : 3;
    int code = isVersion6(service) ? 0 : 4;
    String endpoint = service.endpoints().get(0);
    byte[] seen = service.returned(ACK).payload(new byte[200]).ip();
    byte[] sent = service.reply(0, ACK).ttl(63).payload(new byte[200]).ip();
    byte[] delivered = service.delivered(0, ACK).payload(new byte[200]).ip();
    byte[] requested = service.request(ACK).ttl(63).payload(new byte[200]).ip();
    int cut = isVersion6(service) ? 48 : 28;
    return List.of(
        steered("an-error-about-a-reply-goes-to-the-endpoint" + suffix(service), service)
            .packet(Packet.icmp(router, service.address(), type, code, 1280, seen))
            .tx(Reason.ICMP_ERROR, towards(Packet.icmp(router, endpoint, type, code, 1280, sent))),
        steered("an-error-with-eight-bytes-of-a-reply" + suffix(service), service)
            .packet(Packet.icmp(router, service.address(), type, code, 9, Arrays.copyOf(seen, cut)))
            .tx(
                Reason.ICMP_ERROR,
                towards(Packet.icmp(router, endpoint, type, code, 9, Arrays.copyOf(sent, cut)))),
        steered("a-router-s-error-about-a-request-goes-to-the-client" + suffix(service), service)
            .packet(Packet.icmp(router, service.client(), type, code, 1280, delivered))
            .tx(
                Reason.ICMP_ERROR,
                back(Packet.icmp(router, service.client(), type, code, 1280, requested))),
        steered("an-endpoint-s-error-comes-from-the-vip" + suffix(service), service)
            .packet(Packet.icmp(endpoint, service.client(), type, code, 0, delivered))
            .tx(
                Reason.ICMP_ERROR,
                back(Packet.icmp(service.address(), service.client(), type, code, 0, requested))));
  }

  private static Golden steered(String name, Service service) {
    return claim(name).given(service).given(service.flowKey(), service.flow(0, service.live()));
  }

  private static Packet towards(Packet packet) {
    return packet.ttl(63).macs(Service.OWN_MAC, World.NAT_TCP_4.nextHopMac(0));
  }

  private static Packet back(Packet packet) {
    return packet.ttl(63).macs(Packet.GATEWAY_MAC, Packet.CLIENT_MAC);
  }

  /** Nothing in it changes: the endpoint has the VIP's address. */
  private static Golden underDsr(Service service) {
    byte[] seen = service.returned(ACK).ip();
    return steered("an-error-about-a-reply-goes-to-the-endpoint-under-dsr", service)
        .packet(Packet.icmp(ROUTER_4, service.address(), 3, 4, 1280, seen))
        .tx(Reason.ICMP_ERROR, towards(Packet.icmp(ROUTER_4, service.address(), 3, 4, 1280, seen)));
  }

  private static List<Golden> left() {
    Service four = World.NAT_TCP_4;
    Service six = World.NAT_TCP_6;
    byte[] seen = four.returned(ACK).ip();
    byte[] nested = Packet.icmp(four.address(), World.CLIENT_4, 3, 1, 0, seen).ip();
    byte[] later = four.returned(ACK).fragment(1).ip();
    return List.of(
        steered("a-ping-is-left-to-the-kernel", four)
            .packet(Packet.icmp(World.CLIENT_4, four.address(), 8, 0, 1, new byte[8]))
            .pass(Reason.ICMP_OTHER),
        steered("neighbour-discovery-is-left-to-the-kernel", six)
            .packet(
                Packet.icmp(World.CLIENT_6, six.address(), 135, 0, 0, Packet.address(six.address()))
                    .ttl(255))
            .pass(Reason.ICMP_OTHER),
        steered("an-error-within-an-error-is-left-to-the-kernel", four)
            .packet(Packet.icmp(ROUTER_4, four.address(), 3, 1, 0, nested))
            .pass(Reason.ICMP_OTHER),
        steered("an-error-about-a-later-fragment-is-left-to-the-kernel", four)
            .packet(Packet.icmp(ROUTER_4, four.address(), 3, 1, 0, later))
            .pass(Reason.ICMP_OTHER),
        steered("an-error-about-nobody-s-flow-is-left-to-the-kernel", four)
            .packet(
                Packet.icmp(
                    ROUTER_4,
                    four.address(),
                    3,
                    1,
                    0,
                    Packet.tcp(four.address(), four.port(), World.CLIENT_4, 9, SYN).ip()))
            .pass(Reason.ICMP_OTHER),
        steered("an-error-that-quotes-too-little-is-left-to-the-kernel", four)
            .packet(Packet.icmp(ROUTER_4, four.address(), 3, 1, 0, Arrays.copyOf(seen, 27)))
            .pass(Reason.ICMP_OTHER),
        steered("an-error-on-its-last-hop-is-left-to-the-kernel", four)
            .packet(Packet.icmp(ROUTER_4, four.address(), 3, 1, 0, seen).ttl(1))
            .pass(Reason.TTL),
        claim("an-error-about-the-relay-s-connection-is-the-kernel-s")
            .given(four)
            .given(four.flowKey(), four.passed())
            .packet(Packet.icmp(ROUTER_4, four.address(), 3, 1, 0, seen))
            .pass(Reason.ICMP_OTHER),
        steered("a-frame-to-a-group-is-not-answered", four)
            .packet(four.request(ACK).ttl(1).macs(Packet.CLIENT_MAC, "01005e000001"))
            .drop(Reason.TTL_EXCEEDED),
        nobody("127.0.0.1"),
        nobody("224.0.0.1"),
        nobody("0.0.0.0"),
        claim("a-reply-on-its-last-hop-is-left-to-the-kernel")
            .given(four)
            .given(four.flowKey(), four.flow(0, FlowState.ESTABLISHED))
            .packet(four.reply(0, ACK).ttl(1))
            .pass(Reason.TTL));
  }
}
