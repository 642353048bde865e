package io.expressgateway.xdp;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.ClusterSpec.EndpointSpec;
import io.expressgateway.cluster.ClusterSpec.HealthCheck;
import io.expressgateway.health.HealthListener;
import io.expressgateway.net.Cidr;
import io.expressgateway.net.HostPort;
import io.expressgateway.net.IpLiteral;
import io.expressgateway.net.Ticker;
import io.expressgateway.snapshot.VipSpec;
import io.expressgateway.snapshot.XdpSpec;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A plane on a veth pair of its own with one VIP and one cluster. Needs root. */
@Timeout(60)
abstract class PlaneFixture {

  private static final HealthListener NOBODY =
      new HealthListener() {
        @Override
        public void onUnhealthy(String cluster, String endpoint) {}

        @Override
        public void onHealthy(String cluster, String endpoint) {}

        @Override
        public void onEjected(String cluster, String endpoint, Duration time) {}

        @Override
        public void onWouldEject(String cluster, String endpoint) {}

        @Override
        public void onReadmitted(String cluster, String endpoint) {}
      };

  @TempDir Path directory;

  final VethPair.Heard heard = new VethPair.Heard();
  VethPair veth;
  XdpPlane plane;
  Cluster cluster;
  VipSpec.Transport transport = VipSpec.Transport.TCP;

  @BeforeEach
  void start() {
    KernelNeeds.bpf();
    veth = VethPair.create();
    cluster =
        Cluster.create(
            spec(VethPair.ENDPOINT_A + ":80", VethPair.ENDPOINT_B + ":80"), Ticker.SYSTEM, NOBODY);
    plane = new XdpPlane(heard, RelaySessions.NONE);
  }

  @AfterEach
  void stop() {
    if (plane != null) {
      plane.close();
    }
    if (veth != null) {
      veth.close();
    }
  }

  static ClusterSpec spec(String... endpoints) {
    ClusterSpec base = ClusterSpec.implicit(HostPort.parse("a:1"));
    return new ClusterSpec(
        "c",
        ClusterSpec.Protocol.TCP,
        "round-robin",
        base.hashOn(),
        base.affinityCookie(),
        base.slowStart(),
        base.connectTimeout(),
        base.firstByteTimeout(),
        base.retry(),
        java.util.Arrays.stream(endpoints)
            .map(each -> new EndpointSpec(HostPort.parse(each), 1))
            .toList(),
        new HealthCheck(
            "tcp", "/", Duration.ofSeconds(5), Duration.ofSeconds(1), 1, 1, 200, 399, null),
        base.outlier(),
        base.pool(),
        false);
  }

  XdpSpec spec(VipSpec.Way way) {
    return spec(way, List.of(), null);
  }

  XdpSpec spec(VipSpec.Way way, List<Cidr> deny, String pins) {
    return new XdpSpec(
        XdpSpec.Use.AUTO,
        XdpSpec.Mode.AUTO,
        List.of(veth.name),
        deny,
        List.of(),
        0,
        0,
        1024,
        1024,
        pins,
        null,
        null,
        0,
        List.of(vip(way, transport)));
  }

  /** The same on other interfaces, in another way, with any VIPs. */
  static XdpSpec spec(XdpSpec.Mode mode, List<String> interfaces, String pins, List<VipSpec> vips) {
    return new XdpSpec(
        XdpSpec.Use.ON,
        mode,
        interfaces,
        List.of(),
        List.of(),
        0,
        0,
        1024,
        1024,
        pins,
        null,
        null,
        0,
        vips);
  }

  static VipSpec vip(VipSpec.Way way, VipSpec.Transport transport) {
    return new VipSpec("web", address(VethPair.VIP), 80, transport, way, VipSpec.Hash.TUPLE, "c");
  }

  static InetAddress address(String text) {
    return IpLiteral.address(IpLiteral.parse(text));
  }

  PacketAnswer ask(int sourcePort) {
    return plane
        .explain(
            new PacketQuestion(
                address("198.18.77.9"),
                sourcePort,
                address(VethPair.VIP),
                80,
                transport,
                PacketQuestion.SYN))
        .orElseThrow();
  }

  /** Where flows of twenty ports would go. */
  List<String> destinations() {
    return java.util.stream.IntStream.range(0, 20)
        .mapToObj(i -> ask(40_000 + i).destination().getHostAddress())
        .distinct()
        .sorted()
        .toList();
  }

  static XdpSpec off(String pins) {
    return new XdpSpec(
        XdpSpec.Use.OFF,
        XdpSpec.Mode.AUTO,
        List.of(),
        List.of(),
        List.of(),
        0,
        0,
        1024,
        1024,
        pins,
        null,
        null,
        0,
        List.of());
  }

  /** Works with a directory for pins. */
  @FunctionalInterface
  interface PinsTask {
    void accept(String pins) throws Exception;
  }

  /** A file system for pins, for as long as the task takes. */
  void withPins(PinsTask task) throws Exception {
    Path mount = Files.createDirectory(directory.resolve("bpf"));
    VethPair.run(List.of("mount", "-t", "bpf", "bpf", mount.toString()));
    try {
      task.accept(mount.resolve("expressgateway").toString());
    } finally {
      plane.close();
      VethPair.run(List.of("umount", mount.toString()));
    }
  }

  static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
    }
  }
}
