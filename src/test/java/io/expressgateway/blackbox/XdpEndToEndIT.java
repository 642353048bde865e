package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real programs through the packaged jar's kernel path, in namespaces of their own. */
class XdpEndToEndIT {

  @TempDir private Path directory;

  @BeforeAll
  static void needs() {
    LabNeeds.present();
  }

  @ParameterizedTest
  @CsvSource({
    "routed, nat, native",
    "routed, nat, generic",
    "switched, nat, native",
    "switched, nat, generic",
    "switched, dsr-ipip, native",
    "switched, dsr-ipip, generic",
    "switched, dsr-l2, native",
    "switched, dsr-l2, generic"
  })
  void carriesWhatRealProgramsSay(String topology, String mode, String attach) {
    boolean isDirect = !mode.equals("nat");
    try (NetworkLab lab =
        topology.equals("routed") ? NetworkLab.routed(directory) : NetworkLab.switched(directory)) {
      LabEndpoints endpoints = new LabEndpoints(lab, directory, isDirect);
      endpoints.start();
      if (mode.equals("dsr-ipip")) {
        lab.openTunnels();
      }
      LabConfiguration configuration = new LabConfiguration(endpoints, mode, attach);
      try (GatewayJar gateway = lab.gateway(configuration.write(directory))) {
        XdpReport.of(lab).assertAttached(attach);
        carries(lab);
        assertThat(gateway.stop().lastLine()).startsWith("ledger accepted=0 ");
      }
    }
  }

  /** The same programs, the same configuration but for one key. */
  @Test
  void relaysCarryTheSameWithoutTheKernelPath() {
    try (NetworkLab lab = NetworkLab.routed(directory)) {
      LabEndpoints endpoints = new LabEndpoints(lab, directory, false);
      endpoints.start();
      LabConfiguration configuration = new LabConfiguration(endpoints, "off", "off");
      try (GatewayJar gateway = lab.gateway(configuration.write(directory))) {
        carries(lab);
        assertThat(gateway.stop().lastLine()).doesNotStartWith("ledger accepted=0 ");
      }
    }
  }

  private static void carries(NetworkLab lab) {
    for (String vip : List.of(NetworkLab.VIP_4, NetworkLab.VIP_6)) {
      fetches(lab, vip);
      converses(lab, vip);
      measures(lab, vip);
    }
  }

  private static void fetches(NetworkLab lab, String vip) {
    String host = vip.contains(":") ? "[" + vip + "]" : vip;
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      names.add(lab.inside(NetworkLab.CLIENT, "curl", "-sS", "http://" + host + "/name").strip());
      String size =
          lab.inside(
              NetworkLab.CLIENT,
              "curl",
              "-sS",
              "-o",
              "/dev/null",
              "-w",
              "%{size_download}",
              "http://" + host + "/file");
      assertThat(size).isEqualTo(Integer.toString(LabEndpoints.FILE_BYTES));
    }
    assertThat(names).contains(NetworkLab.ONE, NetworkLab.TWO).hasSize(20);
  }

  private static void converses(NetworkLab lab, String vip) {
    assertThat(talk(lab, "tcp", vip, "20", "200000")).startsWith("ok=20 failed=0 one=");
    assertThat(talk(lab, "udp", vip, "40", "40")).startsWith("ok=40 failed=0 one=");
    assertThat(talk(lab, "udp", vip, "10", "1200")).startsWith("ok=10 failed=0 ");
  }

  private static String talk(NetworkLab lab, String how, String vip, String count, String bytes) {
    String port = Integer.toString(LabEndpoints.ECHO);
    String said =
        lab.inside(
            NetworkLab.CLIENT,
            "python3",
            LabEndpoints.script("talk.py"),
            how,
            vip,
            port,
            count,
            bytes);
    return said.strip();
  }

  /** Up and down, a second each: what matters is that full segments keep flowing. */
  private static void measures(NetworkLab lab, String vip) {
    for (String direction : List.of("--no-delay", "--reverse")) {
      String said =
          lab.inside(NetworkLab.CLIENT, "iperf3", "-c", vip, "-t", "1", "--json", direction);
      assertThat(XdpReport.bitsPerSecond(said)).isGreaterThan(1e6);
    }
  }
}
