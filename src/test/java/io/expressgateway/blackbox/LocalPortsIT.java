package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All local ports towards one endpoint are taken. They are counted for each destination, so that
 * the other endpoint serves everybody, and the first is not to blame.
 */
class LocalPortsIT {

  private static final int PORTS = 40;

  @TempDir private Path directory;

  private NetworkLab lab;
  private LabEndpoints endpoints;
  private GatewayJar gateway;

  @BeforeAll
  static void needs() {
    LabNeeds.present();
  }

  @BeforeEach
  void build() {
    lab = NetworkLab.routed(directory);
    endpoints = new LabEndpoints(lab, directory, false);
    endpoints.start();
    lab.inside(
        NetworkLab.GATEWAY,
        "sysctl",
        "-qw",
        "net.ipv4.ip_local_port_range=40000 " + (40000 + PORTS - 1));
    gateway = lab.gateway(GatewayJar.file(directory, configuration()));
  }

  @AfterEach
  void remove() {
    if (gateway != null) {
      gateway.close();
    }
    lab.close();
  }

  private String configuration() {
    return """
    management: { server: { port: 9090, address: 127.0.0.1 } }
    spring.cloud.gateway.server.webflux.routes:
      - { id: all, uri: "lb://names", predicates: [ Path=/** ] }
    expressgateway:
      drain: { settle: 0s, timeout: 2s }
      listeners:
        - { name: web, bind: "%1$s:80", protocol: http }
        - { name: relay, bind: "%1$s:7000", protocol: tcp, cluster: echoes }
      clusters:
        - { name: names, endpoints: [ { address: "%2$s:%4$d" }, { address: "%3$s:%4$d" } ] }
        - name: echoes
          protocol: tcp
          endpoints: [ { address: "%2$s:%5$d" }, { address: "%3$s:%5$d" } ]
    """
        .formatted(
            NetworkLab.VIP_4,
            NetworkLab.endpoint(NetworkLab.ONE, false),
            NetworkLab.endpoint(NetworkLab.TWO, false),
            endpoints.port(LabEndpoints.HTTP),
            endpoints.port(LabEndpoints.ECHO));
  }

  private NetworkLab.Talk occupy(int port) {
    return lab.start(
            NetworkLab.GATEWAY,
            "python3",
            LabEndpoints.script("occupy.py"),
            NetworkLab.endpoint(NetworkLab.ONE, false),
            Integer.toString(endpoints.port(port)))
        .await("ready " + PORTS);
  }

  private String talk() {
    return lab.inside(
            NetworkLab.CLIENT,
            "python3",
            LabEndpoints.script("talk.py"),
            "tcp",
            NetworkLab.VIP_4,
            Integer.toString(LabEndpoints.ECHO),
            "16",
            "100")
        .strip();
  }

  private String names() {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      names.append(
          lab.inside(NetworkLab.CLIENT, "curl", "-s", "http://" + NetworkLab.VIP_4 + "/name"));
    }
    return names.toString();
  }

  @Test
  void anotherEndpointServesRelayedConnections() {
    NetworkLab.Talk occupant = occupy(LabEndpoints.ECHO);
    assertThat(talk()).contains("ok=16 failed=0").contains("two=16");

    occupant.finish();
    assertThat(talk()).containsPattern("ok=16 failed=0 one=\\d+ two=\\d+");
  }

  @Test
  void anotherEndpointServesRequests() {
    NetworkLab.Talk occupant = occupy(LabEndpoints.HTTP);
    assertThat(names()).isEqualTo("two\n".repeat(16));

    occupant.finish();
    assertThat(names()).contains("one").contains("two");
  }
}
