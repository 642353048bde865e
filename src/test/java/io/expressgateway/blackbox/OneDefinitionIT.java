package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Endpoints are one thing, whoever sends to them: the kernel, a relay and an HTTP route hear of the
 * same check and the same drain. Real endpoints, real packets.
 */
class OneDefinitionIT {

  private static final int ENDPOINT_PORT = 8080;
  private static final int KERNEL = 80;
  private static final int RELAY = 81;
  private static final int ROUTE = 82;
  private static final List<Integer> WAYS = List.of(KERNEL, RELAY, ROUTE);

  /** Connections that are made for one look at a way. */
  private static final int LOOKS = 16;

  @TempDir private Path directory;

  private NetworkLab lab;
  private GatewayJar gateway;
  private NetworkLab.Talk two;

  @BeforeAll
  static void needs() {
    LabNeeds.present();
  }

  @BeforeEach
  void start() {
    lab = NetworkLab.routed(directory);
    startEndpoint(NetworkLab.ONE);
    two = startEndpoint(NetworkLab.TWO);
    gateway = lab.gateway(GatewayJar.file(directory, configuration()));
    XdpReport.of(lab).assertAttached("native");
    awaitEveryWayMeets(NetworkLab.ONE, NetworkLab.TWO);
  }

  @AfterEach
  void remove() {
    if (gateway != null) {
      gateway.close();
    }
    lab.close();
  }

  private NetworkLab.Talk startEndpoint(String machine) {
    return lab.start(
            machine,
            "python3",
            LabEndpoints.script("name.py"),
            machine,
            Integer.toString(ENDPOINT_PORT),
            NetworkLab.endpoint(machine, false))
        .await("ready");
  }

  private String configuration() {
    String endpoints =
        "[ { address: \"%s:%d\" }, { address: \"%s:%d\" } ]"
            .formatted(
                NetworkLab.endpoint(NetworkLab.ONE, false),
                ENDPOINT_PORT,
                NetworkLab.endpoint(NetworkLab.TWO, false),
                ENDPOINT_PORT);
    String check = "interval: 500ms, timeout: 500ms, unhealthy-threshold: 1, healthy-threshold: 1";
    return """
    management: { server: { port: 9090, address: 127.0.0.1 } }
    spring.cloud.gateway.server.webflux.routes:
      - { id: all, uri: "lb://web", predicates: [ "Path=/**" ] }
    expressgateway:
      drain: { settle: 0s, timeout: 2s }
      xdp: { enabled: true, interfaces: [%1$s], mode: native }
      listeners:
        - { name: kernel, bind: "%2$s:%3$d", protocol: tcp, cluster: bytes, xdp: nat }
        - { name: relay, bind: "%2$s:%4$d", protocol: tcp, cluster: bytes }
        - { name: route, bind: "%2$s:%5$d", protocol: http }
      clusters:
        - { name: bytes, protocol: tcp, endpoints: %6$s, health-check: { type: tcp, %7$s } }
        - { name: web, protocol: http1, endpoints: %6$s, health-check: { type: http, path: /, %7$s } }
    """
        .formatted(
            String.join(", ", lab.gatewayInterfaces()),
            NetworkLab.VIP_4,
            KERNEL,
            RELAY,
            ROUTE,
            endpoints,
            check);
  }

  /** Which endpoints answer this way now, and how often nobody does. */
  private Map<String, Integer> met(int port) {
    String said =
        lab.inside(
            NetworkLab.CLIENT,
            "sh",
            "-c",
            "for i in $(seq %d); do curl -sf --max-time 5 http://%s:%d/ || echo nobody; done"
                .formatted(LOOKS, NetworkLab.VIP_4, port));
    Map<String, Integer> met = new TreeMap<>();
    said.lines().forEach(line -> met.merge(line, 1, Integer::sum));
    return met;
  }

  private void awaitEveryWayMeets(String... machines) {
    for (int port : WAYS) {
      Awaitility.await("port " + port + " meets " + List.of(machines))
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(met(port)).containsOnlyKeys(machines));
    }
  }

  private void change(String cluster, String action) {
    String answer =
        XdpReport.post(
            lab,
            "/api/v1/clusters/%s/endpoints/%s:%d/%s"
                .formatted(
                    cluster, NetworkLab.endpoint(NetworkLab.TWO, false), ENDPOINT_PORT, action));
    assertThat(answer).containsPattern(" 20[0-9]$");
  }

  /** The endpoint goes down once; the checks find it, and all three ways leave it out. */
  @Test
  void anEndpointThatGoesDownOnceIsLeftOutEverywhere() {
    two.kill();

    awaitEveryWayMeets(NetworkLab.ONE);

    startEndpoint(NetworkLab.TWO);
    awaitEveryWayMeets(NetworkLab.ONE, NetworkLab.TWO);
  }

  /** One call, and neither the kernel nor the relay begins anything new there. */
  @Test
  void aDrainReachesTheKernelAndTheRelayTogether() {
    change("bytes", "drain");

    for (int port : List.of(KERNEL, RELAY)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(met(port)).containsOnlyKeys(NetworkLab.ONE));
    }
    assertThat(met(ROUTE)).as("another cluster").containsKey(NetworkLab.TWO);

    change("bytes", "undrain");
    awaitEveryWayMeets(NetworkLab.ONE, NetworkLab.TWO);
  }
}
