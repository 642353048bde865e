package io.expressgateway.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.snapshot.VipSpec;
import io.expressgateway.snapshot.XdpSpec;
import io.expressgateway.xdp.layout.FlowKey;
import io.expressgateway.xdp.layout.HashOn;
import io.expressgateway.xdp.layout.Reason;
import io.expressgateway.xdp.layout.ServiceKey;
import io.expressgateway.xdp.layout.VipMode;
import io.expressgateway.xdp.layout.VipRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the plane does when interfaces, modes, names and relays change under it. Needs root. */
class PlaneChangesTest extends PlaneFixture {

  private List<VipSpec> vips() {
    return List.of(vip(VipSpec.Way.NAT, transport));
  }

  private XdpStatus.VipStatus only() {
    return plane.status().vips().getFirst();
  }

  @Test
  void withoutAProgramWhereAnswersComeInTheRelayServes() {
    plane.publish(spec(XdpSpec.Mode.AUTO, List.of(veth.peer), null, vips()), name -> cluster);

    assertThat(plane.status().active()).isTrue();
    assertThat(only().mode()).isEqualTo("pass");
    assertThat(only().reason()).contains("come in by " + veth.name, "no program is attached");
    assertThat(ask(40_000).reason()).isEqualTo(Reason.MODE_PASS);

    plane.publish(
        spec(XdpSpec.Mode.AUTO, List.of(veth.peer, veth.name), null, vips()), name -> cluster);
    assertThat(only().reason()).isEmpty();
    assertThat(ask(40_000).reason()).isEqualTo(Reason.NEW_FLOW);
  }

  /** Direct server return needs no way back. */
  @Test
  void endpointsThatAnswerByThemselvesMayBeAnywhere() {
    plane.publish(
        spec(
            XdpSpec.Mode.AUTO,
            List.of(veth.peer),
            null,
            List.of(vip(VipSpec.Way.DSR_IPIP, transport))),
        name -> cluster);

    assertThat(only().mode()).isEqualTo("dsr-ipip");
  }

  @Test
  void anInterfaceThatIsNamedNoMoreIsLetGo() {
    plane.publish(
        spec(XdpSpec.Mode.AUTO, List.of(veth.peer, veth.name), null, vips()), name -> cluster);

    plane.publish(spec(XdpSpec.Mode.AUTO, List.of(veth.name), null, vips()), name -> cluster);

    assertThat(plane.status().interfaces())
        .extracting(XdpStatus.InterfaceStatus::name)
        .containsExactly(veth.name);
  }

  @Test
  void aReloadChangesHowProgramsAreAttached() {
    plane.publish(spec(XdpSpec.Mode.NATIVE, List.of(veth.name), null, vips()), name -> cluster);

    plane.publish(spec(XdpSpec.Mode.GENERIC, List.of(veth.name), null, vips()), name -> cluster);

    assertThat(plane.status().interfaces())
        .extracting(XdpStatus.InterfaceStatus::mode)
        .containsExactly("generic");
    assertThat(ask(40_000).reason()).isEqualTo(Reason.NEW_FLOW);
  }

  @Test
  void theConfigurationIsStrongerThanWhatIsPinned() throws Exception {
    withPins(pins -> {
      List<String> both = List.of(veth.peer, veth.name);
      plane.publish(spec(XdpSpec.Mode.NATIVE, both, pins, vips()), name -> cluster);
      plane.close();
      plane = new XdpPlane(heard, RelaySessions.NONE);

      plane.publish(spec(XdpSpec.Mode.GENERIC, List.of(veth.name), pins, vips()), name -> cluster);

      assertThat(plane.status().inherited()).isTrue();
      assertThat(plane.status().interfaces())
          .extracting(XdpStatus.InterfaceStatus::mode)
          .containsExactly("generic");
      try (Stream<Path> links = Files.walk(Path.of(pins))) {
        assertThat(links.filter(path -> path.getFileName().toString().startsWith("link-")))
            .as("the other interface is let go")
            .hasSize(1);
      }
    });
  }

  @Test
  void aPlaneThatFailsLeavesNothingForwardingBehindIt() throws Exception {
    withPins(pins -> {
      plane.publish(spec(XdpSpec.Mode.AUTO, List.of(veth.name), pins, vips()), name -> cluster);
      plane.close();
      plane = new XdpPlane(heard, RelaySessions.NONE);

      plane.publish(spec(XdpSpec.Mode.AUTO, List.of("egt-gone"), pins, vips()), name -> cluster);

      assertThat(plane.status().active()).isFalse();
      try (Stream<Path> left = Files.list(Path.of(pins))) {
        assertThat(left).isEmpty();
      }
    });
  }

  /** Only a bpf file system has pins; what lies elsewhere under such names is somebody's. */
  @Test
  void filesOfOthersAreNoPins() throws Exception {
    Path theirs = Files.createDirectories(directory.resolve("layout-of-the-garden"));
    Files.writeString(theirs.resolve("link-3"), "roses");

    plane.publish(off(directory.toString()), name -> cluster);

    assertThat(theirs.resolve("link-3")).hasContent("roses");
  }

  @Test
  void aRestartWaitsForNamesBeforeItLetsEndpointsGo() throws Exception {
    withPins(pins -> {
      XdpSpec spec = spec(XdpSpec.Mode.AUTO, List.of(veth.name), pins, vips());
      plane.publish(spec, name -> cluster);
      plane.close();
      plane = new XdpPlane(heard, RelaySessions.NONE);
      cluster.update(spec("endpoints.test:80", VethPair.ENDPOINT_B + ":80"));

      plane.publish(spec, name -> cluster);

      assertThat(destinations()).containsExactly(VethPair.ENDPOINT_A, VethPair.ENDPOINT_B);
      cluster
          .endpoint("endpoints.test:80")
          .resolved(
              new java.net.InetSocketAddress[] {
                new java.net.InetSocketAddress(address(VethPair.ENDPOINT_A), 80)
              });
      await(() -> only().endpoints().size() == 2 && only().mode().equals("nat"));
      assertThat(destinations()).containsExactly(VethPair.ENDPOINT_A, VethPair.ENDPOINT_B);
    });
  }

  @Test
  void listenersOfOnePortThatAreRetiredKeepNamesApart() {
    VipSpec tcp = vip(VipSpec.Way.NAT, VipSpec.Transport.TCP);
    VipSpec udp =
        new VipSpec(
            "dns",
            tcp.address(),
            tcp.port(),
            VipSpec.Transport.UDP,
            tcp.way(),
            tcp.hash(),
            tcp.cluster());
    plane.publish(
        spec(XdpSpec.Mode.AUTO, List.of(veth.name), null, List.of(tcp, udp)), name -> cluster);

    plane.drain();

    assertThat(plane.status().vips())
        .extracting(XdpStatus.VipStatus::name)
        .containsExactlyInAnyOrder(VethPair.VIP + ":80/tcp", VethPair.VIP + ":80/udp");
  }

  @Test
  void aDeadEndpointStaysDeadInADrain() {
    plane.publish(spec(VipSpec.Way.NAT), name -> cluster);
    cluster.endpoint(VethPair.ENDPOINT_B + ":80").checked(false);

    plane.drain();
    veth.neighbour(VethPair.ENDPOINT_A, "02:00:00:00:00:cc");

    await(() -> only().endpoints().getFirst().nextHop().endsWith(":cc"));
    assertThat(only().endpoints())
        .extracting(XdpStatus.EndpointStatus::alive)
        .containsExactly(true, false);
  }

  /** An interface that appears later finds the relay's sessions in the table. */
  @Test
  void sessionsFromBeforeALateAttachStayTheRelays() {
    plane.close();
    transport = VipSpec.Transport.UDP;
    FlowKey session = new FlowKey(address("198.18.77.9"), address(VethPair.VIP), 40_000, 80, 17);
    List<FlowKey> sessions = new java.util.concurrent.CopyOnWriteArrayList<>();
    plane = new XdpPlane(heard, VethPair.relayOf(sessions, false));
    plane.publish(spec(XdpSpec.Mode.AUTO, List.of(veth.name), null, vips()), name -> cluster);
    assertThat(ask(40_000).reason()).isEqualTo(Reason.NEW_FLOW);
    sessions.add(session);

    plane.publish(
        spec(XdpSpec.Mode.AUTO, List.of(veth.name, veth.peer), null, vips()), name -> cluster);

    assertThat(ask(40_000).reason()).isEqualTo(Reason.RELAY);
    assertThat(ask(40_001).reason()).isEqualTo(Reason.NEW_FLOW);
  }

  @Test
  void theKernelHashesWhatTheListenerAsksFor() throws Exception {
    for (VipSpec.Hash hash : VipSpec.Hash.values()) {
      VipSpec base = vip(VipSpec.Way.NAT, VipSpec.Transport.UDP);
      VipSpec hashed =
          new VipSpec(
              base.name(),
              base.address(),
              base.port(),
              base.transport(),
              base.way(),
              hash,
              base.cluster());
      XdpSpec spec = spec(XdpSpec.Mode.AUTO, List.of(veth.name), null, List.of(hashed));
      ActivePath path =
          ActivePath.open(spec, new XdpContext(heard, RelaySessions.NONE, changed -> {}));
      try {
        path.apply(spec, name -> cluster, System.nanoTime());
        assertThat(record(path, 17).hashOn()).isEqualTo(HashOn.valueOf(hash.name()));
      } finally {
        path.close(false);
      }
    }
  }

  @Test
  void theKernelLooksForConnectionsWhileTheRelayMayHaveSome() throws Exception {
    XdpSpec spec = spec(XdpSpec.Mode.AUTO, List.of(veth.name), null, vips());
    List<FlowKey> none = List.of();
    boolean[] hasConnections = {false};
    RelaySessions relay =
        new RelaySessions() {
          @Override
          public List<FlowKey> udp(VipSpec vip) {
            return none;
          }

          @Override
          public boolean hasTcp(VipSpec vip) {
            return hasConnections[0];
          }
        };
    ActivePath path = ActivePath.open(spec, new XdpContext(heard, relay, changed -> {}));
    try {
      long start = System.nanoTime();
      path.apply(spec, name -> cluster, start);
      assertThat(isRelayed(path)).as("at the start").isTrue();

      path.watchRelays(false, start + Duration.ofSeconds(60).toNanos());
      assertThat(isRelayed(path)).as("while connections may still end").isTrue();
      path.watchRelays(false, start + Duration.ofSeconds(200).toNanos());
      assertThat(isRelayed(path)).as("after two minutes without").isFalse();

      hasConnections[0] = true;
      path.watchRelays(false, start + Duration.ofSeconds(201).toNanos());
      assertThat(isRelayed(path)).as("with a connection").isTrue();
    } finally {
      path.close(false);
    }
  }

  private static boolean isRelayed(ActivePath path) {
    return record(path, 6).relayed();
  }

  private static VipRecord record(ActivePath path, int protocol) {
    ServiceKey key = new ServiceKey(address(VethPair.VIP), 80, protocol);
    return VipRecord.decode(path.path().map("vips").get(key.encode()));
  }

  /** A place that was freed rests: tables may name it for minutes. */
  @Test
  void placesOfEndpointsAreTakenInTurn() throws Exception {
    ServiceKey service = new ServiceKey(address(VethPair.ENDPOINT_A), 80, 6);
    try (PacketPath path = PacketPath.load(64, 64)) {
      EndpointSlots slots = new EndpointSlots(path.map("endpoints"), path.map("endpoint_counts"));
      Slot first = slots.take(service, VipMode.NAT);
      slots.free(first);

      assertThat(slots.take(service, VipMode.NAT).index()).isNotEqualTo(first.index());
    }
  }
}
