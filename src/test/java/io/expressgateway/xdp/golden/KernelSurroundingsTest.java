package io.expressgateway.xdp.golden;

import static io.expressgateway.xdp.golden.Golden.claim;
import static io.expressgateway.xdp.packet.Segment.ACK;
import static io.expressgateway.xdp.packet.Segment.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.xdp.model.Flow;
import io.expressgateway.xdp.model.FlowState;
import io.expressgateway.xdp.model.Maps;
import io.expressgateway.xdp.model.Reason;
import io.expressgateway.xdp.model.Vip;
import io.expressgateway.xdp.packet.Packet;
import io.expressgateway.xdp.packet.Protocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the program asks the kernel around it: routes, neighbours and the relay's sockets. */
class KernelSurroundingsTest {

  private static final Service TCP = World.NAT_TCP_4;
  private static final Service SIX = World.NAT_TCP_6;
  private static final String NEIGHBOUR_MAC = "02000000dd01";

  private static PrivateNamespace namespace;
  private static KernelGateway kernel;
  private static String outMac = "";
  private static int outIndex;

  /** 10.0.0.1 and its IPv6 twin are known neighbours behind a veth, 10.0.0.2 and its are not. */
  @BeforeAll
  static void load() {
    KernelNeeds.present();
    namespace = new PrivateNamespace();
    kernel = KernelGateway.load("gateway");
    namespace.run(() -> {
      for (String command :
          List.of(
              "link add out0 type veth peer name out1",
              "link set out0 up",
              "link set out1 up",
              "addr add 10.0.0.254/24 dev out0",
              "addr add 203.0.113.1/32 dev lo",
              "addr add 192.0.2.77/32 dev lo",
              "addr add 2001:db8:e::fe/64 dev out0 nodad",
              "neigh add 10.0.0.1 lladdr 02:00:00:00:dd:01 dev out0 nud permanent",
              "neigh add 2001:db8:e::1 lladdr 02:00:00:00:dd:01 dev out0 nud permanent",
              "route add 198.51.100.0/24 via 10.0.0.1",
              "route add 2001:db8:c::/48 via 2001:db8:e::1")) {
        PrivateNamespace.command(("ip " + command).split(" "));
      }
      Files.writeString(Path.of("/proc/sys/net/ipv4/conf/all/forwarding"), "1");
      Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/forwarding"), "1");
      NetworkInterface out = NetworkInterface.getByName("out0");
      outIndex = out.getIndex();
      outMac = HexFormat.of().formatHex(out.getHardwareAddress());
      return true;
    });
  }

  @AfterAll
  static void unload() {
    if (kernel != null) {
      kernel.close();
      namespace.close();
    }
  }

  private static void check(Golden golden) {
    namespace.run(() -> {
      checkInside(golden);
      return true;
    });
  }

  /** On the namespace's own thread. */
  private static void checkInside(Golden golden) {
    kernel.set(golden.before);
    GoldenAnswer.check(golden, kernel.run(golden.in()), kernel.flows());
  }

  private static Consumer<Maps> withoutNextHop(Service service, int which) {
    return maps -> maps.endpoints.put(service.index(which), service.endpoint(which).nextHop(false));
  }

  private static Packet routed(Packet packet) {
    return packet.macs(outMac, NEIGHBOUR_MAC);
  }

  @Test
  void theRoutingTableKnowsTheWayToAnEndpoint() {
    for (Service service : List.of(TCP, SIX)) {
      check(
          claim("route")
              .given(service)
              .given(withoutNextHop(service, 0))
              .given(service.flowKey(), service.flow(0, FlowState.ESTABLISHED))
              .packet(service.request(ACK))
              .redirect(Reason.FLOW, routed(service.delivered(0, ACK))));
    }
    assertThat(outIndex).isNotEqualTo(Service.HERE);
  }

  @Test
  void aNeighbourThatIsNotKnownIsTheKernelsToFind() {
    for (Service service : List.of(TCP, SIX)) {
      Packet rewritten = service.delivered(1, ACK).macs(Packet.CLIENT_MAC, Packet.GATEWAY_MAC);
      check(
          claim("neighbour")
              .given(service)
              .given(withoutNextHop(service, 1))
              .given(service.flowKey(), service.flow(1, FlowState.ESTABLISHED))
              .packet(service.request(ACK))
              .pass(Reason.NO_NEXT_HOP, rewritten));
    }
  }

  /** Passed, it would be taken for the relay's: it has the VIP's address still. */
  @Test
  void aNeighbourThatIsNotKnownCostsAPacketUnderLinkAddressesAlone() {
    Service service = World.L2_TCP_4;
    check(
        claim("neighbour")
            .given(service)
            .given(withoutNextHop(service, 1))
            .given(service.flowKey(), service.flow(1, FlowState.ESTABLISHED))
            .packet(service.request(ACK))
            .drop(Reason.NO_ROUTE));
  }

  /** Behind tags the routing table is asked for the neighbour: the way out is the VLAN's device. */
  @Test
  void aClientIsReachedAnotherWayWhenTheRoutingTableAgrees() {
    for (Service service : List.of(TCP, SIX)) {
      Flow known = service.flow(0, FlowState.ESTABLISHED);
      Flow moved = known.from(9, 0, Service.HERE, NEIGHBOUR_MAC, Packet.GATEWAY_MAC);
      check(
          claim("moved")
              .given(service)
              .given(service.flowKey(), known)
              .packet(
                  service
                      .request(ACK)
                      .macs(NEIGHBOUR_MAC, Packet.GATEWAY_MAC)
                      .tag(Protocol.ETHER_VLAN, 9))
              .tx(Reason.FLOW, service.delivered(0, ACK))
              .leaving(service.flowKey(), moved));
    }
  }

  @Test
  void aForgedPacketDrawsNoRepliesToItsSender() {
    for (Service service : List.of(TCP, SIX)) {
      Flow known = service.flow(0, FlowState.ESTABLISHED);
      for (Packet forged :
          List.of(
              service.request(ACK).macs("02000000bad1", Packet.GATEWAY_MAC),
              service
                  .request(ACK)
                  .macs("02000000bad1", Packet.GATEWAY_MAC)
                  .tag(Protocol.ETHER_VLAN, 9))) {
        check(
            claim("forged")
                .given(service)
                .given(service.flowKey(), known)
                .packet(forged)
                .tx(Reason.FLOW, service.delivered(0, ACK)));
      }
    }
  }

  @Test
  void aReplyToAFlowWithoutEntryIsTurnedBackForAWhile() {
    for (Service service : List.of(TCP, World.NAT_UDP_4, SIX, World.NAT_UDP_6)) {
      check(
          claim("stateless")
              .given(service)
              .given(maps -> maps.wasStateless = true)
              .packet(service.reply(0, ACK))
              .redirect(Reason.REPLY_STATELESS, routed(service.returned(ACK))));
      check(claim("no-longer").given(service).packet(service.reply(0, ACK)).pass(Reason.NOT_OURS));
    }
  }

  /** Two VIPs have the endpoint: nobody can tell whose reply it is. */
  @Test
  void aReplyOfASharedEndpointNeedsItsEntry() {
    check(
        claim("shared")
            .given(TCP)
            .given(World.SHARED)
            .given(maps -> maps.wasStateless = true)
            .packet(TCP.reply(0, ACK))
            .pass(Reason.NOT_OURS));
    check(
        claim("shared")
            .given(TCP)
            .given(World.SHARED)
            .given(World.SHARED.flowKey(), World.SHARED.flow(0, FlowState.ESTABLISHED))
            .packet(World.SHARED.reply(0, ACK))
            .tx(Reason.REPLY, World.SHARED.returned(ACK)));
  }

  /** It answers the relay's or a pool's own connection. */
  @Test
  void aReplyToAnAddressOfThisMachineIsTheKernels() {
    check(
        claim("local")
            .given(TCP)
            .given(maps -> maps.wasStateless = true)
            .packet(Packet.tcp("10.0.0.1", 8443, "10.0.0.254", 40001, ACK))
            .pass(Reason.NOT_OURS));
  }

  @Test
  void aConnectionThatTheRelayHasStaysTheRelays() {
    InetSocketAddress vip = new InetSocketAddress(InetAddress.ofLiteral(TCP.address()), TCP.port());
    namespace.run(() -> {
      try (ServerSocket listening = new ServerSocket(vip.getPort(), 5, vip.getAddress());
          Socket client = new Socket()) {
        checkInside(toAListeningSocketAlone());
        client.bind(new InetSocketAddress("192.0.2.77", 0));
        client.connect(vip);
        int port = client.getLocalPort();
        try (Socket accepted = listening.accept()) {
          assertThat(accepted.isConnected()).isTrue();
          checkInside(relayed(claim("unknown-flow"), port, ACK));
          Golden known = claim("known-flow").given(TCP.flowKey("192.0.2.77", port), TCP.passed());
          checkInside(relayed(known, port, SYN));
          Golden fragment = claim("fragment").given(TCP);
          checkInside(
              fragment
                  .packet(fromTheClient(port, ACK).fragment(0x2000))
                  .pass(Reason.RELAY)
                  .leaving(TCP.flowKey("192.0.2.77", port), TCP.passed()));
          checkInside(notAsked(port));
        }
      }
      return true;
    });
  }

  private static Golden toAListeningSocketAlone() {
    return claim("listening")
        .given(TCP)
        .given(maps -> maps.tables.put(TCP.id() * 2, TCP.only(0)))
        .packet(TCP.request(SYN))
        .tx(Reason.NEW_FLOW, TCP.delivered(0, SYN))
        .leaving(TCP.flowKey(), TCP.flow(0, FlowState.SYN));
  }

  private static Golden relayed(Golden golden, int port, int flags) {
    return golden
        .given(TCP)
        .packet(fromTheClient(port, flags))
        .pass(Reason.RELAY)
        .leaving(TCP.flowKey("192.0.2.77", port), TCP.passed());
  }

  private static Packet fromTheClient(int port, int flags) {
    return Packet.tcp("192.0.2.77", port, TCP.address(), TCP.port(), flags);
  }

  /** The gateway says that its relay has no connection: then nobody looks for one. */
  private static Golden notAsked(int port) {
    Packet delivered = Packet.tcp("192.0.2.77", port, "10.0.0.1", 8443, ACK);
    return claim("not-asked")
        .given(TCP)
        .given(maps -> maps.tables.put(TCP.id() * 2, TCP.only(0)))
        .given(maps ->
            maps.vips.put(
                TCP.key(), new Vip(TCP.id(), TCP.mode(), TCP.hashOn(), false, true, false)))
        .packet(fromTheClient(port, ACK))
        .tx(Reason.NEW_FLOW, delivered.ttl(63).macs(Service.OWN_MAC, TCP.nextHopMac(0)))
        .leaving(TCP.flowKey("192.0.2.77", port), TCP.flow(0, FlowState.SYN));
  }
}
