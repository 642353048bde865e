package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of open connections while endpoints, configuration and the gateway itself come and
 * go: none of a healthy endpoint breaks. NAT, native, IPv4 and IPv6 at once.
 */
class XdpLifeIT {

  private static final int CONNECTIONS = 12;
  private static final Pattern COUNT = Pattern.compile("(\\w+)=(\\d+)");

  @TempDir private Path directory;

  private NetworkLab lab;
  private LabEndpoints endpoints;
  private NetworkLab.Talk echoOfTwo;
  private GatewayJar gateway;

  @BeforeAll
  static void needs() {
    LabNeeds.present();
  }

  @BeforeEach
  void build() {
    lab = NetworkLab.routed(directory);
    endpoints = new LabEndpoints(lab, directory, false);
    endpoints.start(NetworkLab.ONE);
    echoOfTwo = endpoints.start(NetworkLab.TWO);
  }

  @AfterEach
  void remove() {
    if (gateway != null) {
      gateway.close();
    }
    lab.close();
  }

  private LabConfiguration configuration() {
    return new LabConfiguration(lab, endpoints, "nat", "native").healthChecked();
  }

  /** Starts the gateway; its kernel path is there. */
  private void start(Path file) {
    gateway = lab.gateway(file);
    XdpReport.of(lab).assertAttached("native");
  }

  /** Connections that speak all the time, over either family. */
  private NetworkLab.Talk talk(String how, String vip) {
    return lab.start(
            NetworkLab.CLIENT,
            "python3",
            LabEndpoints.script("talk.py"),
            how,
            vip,
            Integer.toString(LabEndpoints.ECHO),
            Integer.toString(CONNECTIONS))
        .await("ready ");
  }

  private static int count(String line, String what) {
    Matcher counts = COUNT.matcher(line);
    int found = 0;
    while (counts.find()) {
      if (counts.group(1).equals(what)) {
        found = Integer.parseInt(counts.group(2));
      }
    }
    return found;
  }

  private static String lastLine(String text) {
    return text.strip().lines().reduce("", (first, second) -> second);
  }

  private static void assertUnbroken(NetworkLab.Talk talk) {
    String said = talk.finish();
    assertThat(lastLine(said)).as(said).startsWith("ok=" + CONNECTIONS + " failed=0 ");
  }

  /** New connections, until they all meet these endpoints and none fails. */
  private void awaitNewConnectionsTo(String... names) {
    for (String vip : new String[] {NetworkLab.VIP_4, NetworkLab.VIP_6}) {
      Awaitility.await("new connections to " + String.join(" and ", names))
          .atMost(Duration.ofSeconds(20))
          .until(() -> {
            String line =
                lastLine(
                    lab.inside(
                        NetworkLab.CLIENT,
                        "python3",
                        LabEndpoints.script("talk.py"),
                        "tcp",
                        vip,
                        Integer.toString(LabEndpoints.ECHO),
                        "16",
                        "100"));
            int met = 0;
            for (String name : names) {
              met += count(line, name) > 0 ? count(line, name) : -100;
            }
            return met == 16;
          });
    }
  }

  private void setDrained(String machine, String action) {
    for (boolean isVersion6 : new boolean[] {false, true}) {
      String address = NetworkLab.endpoint(machine, isVersion6);
      String host = isVersion6 ? "%5B" + address + "%5D" : address;
      String answer =
          XdpReport.post(
              lab,
              "/api/v1/clusters/echo%d/endpoints/%s:%d/%s"
                  .formatted(isVersion6 ? 6 : 4, host, endpoints.port(LabEndpoints.ECHO), action));
      assertThat(answer).containsPattern(" 20[0-9]$");
    }
  }

  @Test
  void aKilledEndpointTakesNoConnectionsOfOthersAlong() {
    start(configuration().write(directory));
    NetworkLab.Talk four = talk("hold", NetworkLab.VIP_4);
    NetworkLab.Talk six = talk("hold", NetworkLab.VIP_6);
    int ofOne = count(four.said(), NetworkLab.ONE);
    int ofOneBySix = count(six.said(), NetworkLab.ONE);
    echoOfTwo.kill();
    awaitNewConnectionsTo(NetworkLab.ONE);
    assertThat(count(lastLine(four.finish()), NetworkLab.ONE)).isEqualTo(ofOne).isPositive();
    assertThat(count(lastLine(six.finish()), NetworkLab.ONE)).isEqualTo(ofOneBySix).isPositive();
    endpoints.startEcho(NetworkLab.TWO);
    awaitNewConnectionsTo(NetworkLab.ONE, NetworkLab.TWO);
  }

  @Test
  void aDrainedEndpointKeepsItsConnections() {
    start(configuration().write(directory));
    NetworkLab.Talk four = talk("hold", NetworkLab.VIP_4);
    NetworkLab.Talk six = talk("hold", NetworkLab.VIP_6);
    assertThat(count(four.said(), NetworkLab.TWO)).isPositive();
    setDrained(NetworkLab.TWO, "drain");
    awaitNewConnectionsTo(NetworkLab.ONE);
    assertUnbroken(four);
    assertUnbroken(six);
  }

  @Test
  void swappedTablesLeaveOpenConnectionsAlone() {
    start(configuration().write(directory));
    NetworkLab.Talk four = talk("hold", NetworkLab.VIP_4);
    NetworkLab.Talk six = talk("hold", NetworkLab.VIP_6);
    for (int i = 0; i < 3; i++) {
      setDrained(NetworkLab.ONE, "drain");
      awaitNewConnectionsTo(NetworkLab.TWO);
      setDrained(NetworkLab.ONE, "undrain");
      awaitNewConnectionsTo(NetworkLab.ONE, NetworkLab.TWO);
    }
    assertUnbroken(four);
    assertUnbroken(six);
  }

  /**
   * While another program has an interface that answers come in by, the relays serve. Programs are
   * attached there as soon as it is free, under connections and sessions that speak all the time.
   */
  @Test
  void flowsOfTheRelayStayItsOwnWhenTheKernelTakesOver() {
    lab.occupy(NetworkLab.TWO);
    gateway = lab.gateway(configuration().write(directory));
    assertThat(XdpReport.of(lab).mode("echo4")).isEqualTo("pass");
    NetworkLab.Talk four = talk("hold", NetworkLab.VIP_4);
    NetworkLab.Talk six = talk("hold", NetworkLab.VIP_6);
    NetworkLab.Talk datagrams = talk("keep", NetworkLab.VIP_6);

    lab.vacate(NetworkLab.TWO);
    Awaitility.await("the kernel path")
        .atMost(Duration.ofSeconds(20))
        .until(() -> XdpReport.of(lab).mode("datagrams6").equals("nat"));
    XdpReport.of(lab).assertAttached("native");

    awaitNewConnectionsTo(NetworkLab.ONE, NetworkLab.TWO);
    assertThat(XdpReport.of(lab).newFlows("echo4")).as("new connections").isPositive();
    assertThat(XdpReport.of(lab).newFlows("datagrams6")).as("sessions").isZero();
    assertUnbroken(four);
    assertUnbroken(six);
    assertUnbroken(datagrams);
  }

  @Test
  void aRestartOfTheGatewayGoesUnnoticed() {
    Path file = configuration().pinnedTo(lab.bpffs().resolve("gateway")).write(directory);
    start(file);
    NetworkLab.Talk four = talk("hold", NetworkLab.VIP_4);
    NetworkLab.Talk six = talk("hold", NetworkLab.VIP_6);
    NetworkLab.Talk datagrams = talk("keep", NetworkLab.VIP_6);
    assertThat(gateway.stop().exit()).isZero();
    awaitNewConnectionsTo(NetworkLab.ONE, NetworkLab.TWO);
    start(file);
    awaitNewConnectionsTo(NetworkLab.ONE, NetworkLab.TWO);
    assertUnbroken(four);
    assertUnbroken(six);
    assertUnbroken(datagrams);
  }
}
