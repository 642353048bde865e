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
      LabConfiguration configuration = new LabConfiguration(lab, endpoints, mode, attach);
      try (GatewayJar gateway = lab.gateway(configuration.write(directory))) {
        XdpReport.of(lab).assertAttached(attach);
        carries(lab);
        XdpReport report = XdpReport.of(lab);
        assertThat(gateway.stop().lastLine()).as("%s", report).startsWith("ledger accepted=0 ");
      }
    }
  }

  /** The same programs, the same configuration but for one key. */
  @Test
  void relaysCarryTheSameWithoutTheKernelPath() {
    try (NetworkLab lab = NetworkLab.routed(directory)) {
      LabEndpoints endpoints = new LabEndpoints(lab, directory, false);
      endpoints.start();
      LabConfiguration configuration = new LabConfiguration(lab, endpoints, "off", "off");
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
      names.add(curl(lab, "http://" + host + "/name").strip());
    }
    assertThat(names).contains(NetworkLab.ONE, NetworkLab.TWO);
    for (int i = 0; i < 10; i++) {
      String size =
          curl(lab, "http://" + host + "/file", "-o", "/dev/null", "-w", "%{size_download}");
      assertThat(size).isEqualTo(Integer.toString(LabEndpoints.FILE_BYTES));
    }
  }

  private static String curl(NetworkLab lab, String url, String... options) {
    List<String> words = new ArrayList<>(List.of("curl", "-sS", "--max-time", "20", url));
    words.addAll(List.of(options));
    return lab.inside(NetworkLab.CLIENT, words.toArray(new String[0]));
  }

  private static void converses(NetworkLab lab, String vip) {
    assertThat(talk(lab, "tcp", vip, "20", "200000")).startsWith("ok=20 failed=0 one=");
    assertThat(talk(lab, "udp", vip, "40", "40")).startsWith("ok=40 failed=0 one=");
    assertThat(talk(lab, "udp", vip, "10", "1200")).startsWith("ok=10 failed=0 ");
  }

  private static String talk(NetworkLab lab, String how, String vip, String count, String bytes) {
    String said =
        lab.inside(
            NetworkLab.CLIENT,
            "python3",
            LabEndpoints.script("talk.py"),
            how,
            vip,
            Integer.toString(LabEndpoints.ECHO),
            count,
            bytes);
    return said.strip();
  }

  /** Up and down, a second each: what matters is that full segments keep flowing. */
  private static void measures(NetworkLab lab, String vip) {
    for (String direction : List.of("--no-delay", "--reverse")) {
      String said =
          lab.inside(
              NetworkLab.CLIENT,
              "timeout",
              "30",
              "iperf3",
              "-c",
              vip,
              "-t",
              "1",
              "--json",
              direction);
      assertThat(XdpReport.bitsPerSecond(said)).isGreaterThan(1e6);
    }
  }
}
