package io.expressgateway.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.Endpoint;
import io.expressgateway.net.Cidr;
import io.expressgateway.snapshot.VipSpec;
import io.expressgateway.snapshot.XdpSpec;
import io.expressgateway.xdp.layout.FlowKey;
import io.expressgateway.xdp.layout.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The plane on the running kernel, from snapshot and cluster to verdicts. Needs root. */
class XdpPlaneTest extends PlaneFixture {

  @Test
  void forwardsToTheEndpointsOfTheCluster() {
    plane.publish(spec(VipSpec.Way.NAT), name -> cluster);

    XdpStatus status = plane.status();
    assertThat(status.active()).as(status.reason()).isTrue();
    assertThat(heard.said).containsExactly("attached " + veth.name + " native ");
    assertThat(destinations()).containsExactly(VethPair.ENDPOINT_A, VethPair.ENDPOINT_B);
    assertThat(ask(40_000).reason()).isEqualTo(Reason.NEW_FLOW);
    assertThat(status.vips().getFirst().endpoints())
        .extracting(XdpStatus.EndpointStatus::nextHop)
        .containsExactly("02:00:00:00:00:0a", "02:00:00:00:00:0b");
  }

  @Test
  void followsADrainWithoutBeingAsked() {
    plane.publish(spec(VipSpec.Way.NAT), name -> cluster);

    cluster.endpoint(VethPair.ENDPOINT_A + ":80").draining(true);

    assertThat(destinations()).containsExactly(VethPair.ENDPOINT_B);
    assertThat(plane.status().vips().getFirst().endpoints())
        .allMatch(XdpStatus.EndpointStatus::alive);
    cluster.endpoint(VethPair.ENDPOINT_A + ":80").draining(false);
    assertThat(destinations()).hasSize(2);
  }

  @Test
  void aDeadEndpointLosesItsFlowsAtOnce() {
    plane.publish(spec(VipSpec.Way.NAT), name -> cluster);
    Endpoint dying = cluster.endpoint(VethPair.ENDPOINT_B + ":80");

    dying.checked(false);

    assertThat(destinations()).containsExactly(VethPair.ENDPOINT_A);
    assertThat(plane.status().vips().getFirst().endpoints())
        .extracting(XdpStatus.EndpointStatus::alive)
        .containsExactly(true, false);
  }

  @Test
  void aReloadTakesEndpointsInAndOut() {
    plane.publish(spec(VipSpec.Way.NAT), name -> cluster);
    veth.neighbour("198.18.77.4", "02:00:00:00:00:0c");

    cluster.update(spec(VethPair.ENDPOINT_B + ":80", "198.18.77.4:81"));

    assertThat(destinations()).containsExactly(VethPair.ENDPOINT_B, "198.18.77.4");
    assertThat(plane.status().vips().getFirst().endpoints())
        .extracting(XdpStatus.EndpointStatus::address)
        .containsExactly(VethPair.ENDPOINT_B + ":80", "198.18.77.4:81");
  }

  @Test
  void followsANeighboursNewAddress() {
    plane.publish(spec(VipSpec.Way.NAT), name -> cluster);

    veth.neighbour(VethPair.ENDPOINT_A, "02:00:00:00:00:cc");

    await(() -> plane.status().vips().getFirst().endpoints().getFirst().nextHop().endsWith(":cc"));
  }

  @Test
  void tunnelsFromTheAddressOfThisMachine() {
    plane.publish(spec(VipSpec.Way.DSR_IPIP), name -> cluster);

    PacketAnswer answer = ask(40_000);

    assertThat(answer.verdict()).isEqualTo("forwarded");
    assertThat(answer.packet()).hasSizeGreaterThan(54);
    assertThat(destinations()).containsExactly(VethPair.ENDPOINT_A, VethPair.ENDPOINT_B);
  }

  @Test
  void sendsToTheEthernetAddressOfTheEndpoint() {
    plane.publish(spec(VipSpec.Way.DSR_L2), name -> cluster);

    byte[] packet = ask(40_000).packet();

    assertThat(packet[5]).isIn((byte) 0x0a, (byte) 0x0b);
    assertThat(plane.status().vips().getFirst().mode()).isEqualTo("dsr-l2");
  }

  @Test
  void passesToTheRelayWhenNobodyMayBeUsed() {
    plane.publish(spec(VipSpec.Way.NAT), name -> cluster);

    cluster.endpoints().forEach(endpoint -> endpoint.draining(true));

    assertThat(ask(40_000).reason()).isEqualTo(Reason.NO_ENDPOINT);
    assertThat(ask(40_000).verdict()).isEqualTo("passed");
  }

  @Test
  void passesToTheRelayWhenAnEndpointIsThisMachine() {
    cluster.update(spec(VethPair.ENDPOINT_A + ":80", VethPair.VIP + ":8080"));

    plane.publish(spec(VipSpec.Way.NAT), name -> cluster);

    assertThat(plane.status().vips().getFirst().reason()).contains("is on this machine");
    assertThat(heard.said).anyMatch(line -> line.startsWith("passed web endpoint"));
    assertThat(ask(40_000).reason()).isEqualTo(Reason.MODE_PASS);
  }

  @Test
  void dropsDeniedSources() {
    plane.publish(
        spec(VipSpec.Way.NAT, List.of(Cidr.parse("198.18.77.8/31")), null), name -> cluster);

    assertThat(ask(40_000).reason()).isEqualTo(Reason.DENIED);
  }

  @Test
  void sessionsOfTheRelayStayTheRelays() {
    plane.close();
    transport = VipSpec.Transport.UDP;
    FlowKey session = new FlowKey(address("198.18.77.9"), address(VethPair.VIP), 40_000, 80, 17);
    plane = new XdpPlane(heard, VethPair.relayOf(List.of(session), false));

    plane.publish(spec(VipSpec.Way.NAT), name -> cluster);

    assertThat(ask(40_000).reason()).isEqualTo(Reason.RELAY);
    assertThat(ask(40_001).reason()).isEqualTo(Reason.NEW_FLOW);
  }

  @Test
  void aListenerThatAsksNoMoreIsRetiredAndGone() {
    plane.publish(spec(VipSpec.Way.NAT), name -> cluster);
    XdpSpec without = spec(XdpSpec.Mode.AUTO, List.of(veth.name), null, List.of());

    plane.publish(without, name -> cluster);

    assertThat(ask(40_000).reason()).isIn(Reason.MODE_PASS, Reason.NOT_OURS);
    // No flow is left to wait for, so that the next walk takes it out.
    await(() -> plane.status().vips().isEmpty());
    assertThat(ask(40_000).reason()).isEqualTo(Reason.NOT_OURS);
  }

  @Test
  void aDrainingGatewayTakesNoNewFlow() {
    plane.publish(spec(VipSpec.Way.NAT), name -> cluster);

    plane.drain();

    assertThat(ask(40_000).verdict()).isEqualTo("passed");
    assertThat(plane.isIdle()).isTrue();
  }

  @Test
  void anotherProgramOnTheInterfaceIsNamed() {
    plane.publish(spec(VipSpec.Way.NAT), name -> cluster);
    VethPair.Heard second = new VethPair.Heard();
    try (XdpPlane other = new XdpPlane(second, RelaySessions.NONE)) {
      other.publish(spec(VipSpec.Way.NAT), name -> cluster);

      assertThat(other.status().active()).isFalse();
      assertThat(other.status().reason())
          .contains(veth.name, "native: attach", "generic: attach", "EBUSY");
      assertThat(second.said).anyMatch(line -> line.startsWith("off "));
    }
    assertThat(plane.status().active()).isTrue();
  }

  @Test
  void theNextProcessTakesOverWhatIsPinned() throws Exception {
    withPins(pins -> {
      plane.publish(spec(VipSpec.Way.NAT, List.of(), pins), name -> cluster);
      List<String> before = destinations();
      plane.close();
      plane = new XdpPlane(heard, RelaySessions.NONE);

      plane.publish(spec(VipSpec.Way.NAT, List.of(), pins), name -> cluster);

      assertThat(plane.status().inherited()).as(heard.said.toString()).isTrue();
      assertThat(plane.status().vips()).hasSize(1);
      assertThat(plane.status().vips().getFirst().endpoints()).hasSize(2);
      assertThat(destinations()).isEqualTo(before);

      plane.publish(off(pins), name -> cluster);
      try (var left = Files.list(Path.of(pins))) {
        assertThat(left).as("pins of a plane that is off").isEmpty();
      }
    });
  }

  @Test
  void refusesPinsOnAnotherFileSystem() {
    plane.publish(spec(VipSpec.Way.NAT, List.of(), directory.toString()), name -> cluster);

    assertThat(plane.status().reason()).contains("mount one of type bpf there");
  }

  @Test
  void withoutPrivilegesTheRelaysServe() throws Exception {
    Process process =
        new ProcessBuilder(
                "setpriv",
                "--bounding-set=-all",
                "--inh-caps=-all",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Unprivileged.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes());
    process.waitFor(30, TimeUnit.SECONDS);

    assertThat(said).contains("this process lacks CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON");
  }

  /** Prints why nothing is forwarded. */
  static final class Unprivileged {

    private Unprivileged() {}

    public static void main(String[] arguments) {
      try (XdpPlane plane = new XdpPlane(new VethPair.Heard(), RelaySessions.NONE)) {
        plane.publish(
            spec(
                XdpSpec.Mode.AUTO,
                List.of(),
                null,
                List.of(vip(VipSpec.Way.NAT, VipSpec.Transport.TCP))),
            name -> null);
        System.out.println(plane.status().reason());
      }
    }
  }
}
