package io.expressgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.snapshot.VipSpec;
import io.expressgateway.snapshot.XdpSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which listeners the kernel may forward, and what is said of the others. */
class XdpConfigurationTest {

  private static String yaml(String listener, String cluster, String xdp) {
    return """
    expressgateway:
      listeners: [ { name: l4, bind: "192.0.2.10:80", protocol: tcp, cluster: c, xdp: nat, %s } ]
      clusters:
        - { name: c, protocol: tcp, endpoints: [ { address: "10.0.0.1:80" } ], %s }
      xdp: { %s }
    """
        .formatted(listener, cluster, xdp);
  }

  @Test
  void compilesAListenerToAVip() {
    XdpSpec xdp =
        Fixture.accepted(
                Fixture.yaml(
                    yaml(
                        "max-connections: 5",
                        "balancer: maglev",
                        "mode: generic, interfaces: [eth0], deny: [203.0.113.0/24],"
                            + " new-flows-per-source: 50, encapsulation-source-v6: 'fd00::1'")))
            .snapshot()
            .xdp();

    assertThat(xdp.isWanted()).isTrue();
    assertThat(xdp.mode()).isEqualTo(XdpSpec.Mode.GENERIC);
    assertThat(xdp.interfaces()).containsExactly("eth0");
    assertThat(xdp.deny()).hasToString("[203.0.113.0/24]");
    assertThat(xdp.newFlowsPerSource()).isEqualTo(50);
    assertThat(xdp.outerV6()).isNotNull();
    VipSpec vip = xdp.vips().getFirst();
    assertThat(vip.name()).isEqualTo("l4");
    assertThat(vip.address().getHostAddress()).isEqualTo("192.0.2.10");
    assertThat(vip.port()).isEqualTo(80);
    assertThat(vip.transport()).isEqualTo(VipSpec.Transport.TCP);
    assertThat(vip.hash()).isEqualTo(VipSpec.Hash.SOURCE);
    assertThat(vip.cluster()).isEqualTo("c");
  }

  @Test
  void hashesConnectionIdsWhereTheClusterDoes() {
    String written =
        yaml("max-connections: 5", "balancer: maglev, hash-on: connection-id", "")
            .replace("protocol: tcp", "protocol: udp")
            .replace("max-connections: 5", "udp.max-sessions: 5");

    VipSpec vip = Fixture.accepted(Fixture.yaml(written)).snapshot().xdp().vips().getFirst();

    assertThat(vip.hash()).isEqualTo(VipSpec.Hash.CONNECTION_ID);
  }

  @Test
  void nothingIsWantedWithoutAListenerThatAsks() {
    XdpSpec xdp =
        Fixture.accepted(
                Fixture.yaml(
                    yaml("access-log.path: stdout", "slow-start: 0s", "")
                        .replace("xdp: nat", "xdp: off")))
            .snapshot()
            .xdp();

    assertThat(xdp.use()).isEqualTo(XdpSpec.Use.AUTO);
    assertThat(xdp.isWanted()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "192.0.2.10:80; 0.0.0.0:80; .bind | 0.0.0.0:80 | stands for every address",
        "192.0.2.10:80; localhost:80; .bind | localhost:80 | is no IP address",
        "192.0.2.10:80; 127.0.0.1:80; .bind | 127.0.0.1:80 | is an address that no packet from elsewhere",
        "192.0.2.10:80; 192.0.2.10:0; .bind | 192.0.2.10:0 | has no port that is known",
        "max-connections: 5; proxy-protocol: accept; .proxy-protocol | accept | packets that the kernel",
        "slow-start: 0s; balancer: least-requests; is not one of",
        "slow-start: 0s; proxy-protocol: v2; expect a PROXY protocol header",
        "10.0.0.1:80; '[fd00::1]:80'; is of the other IP version",
        "10.0.0.1:80; 127.0.0.1:80; endpoint 127.0.0.1:80 of cluster c is on this machine",
        "10.0.0.1:80; 192.0.2.10:81; is on this machine",
      })
  void refusesWhatTheKernelCannotDo(String text, String other, String problem) {
    String written = yaml("max-connections: 5", "slow-start: 0s", "").replace(text, other);
    List<String> problems = Fixture.refused(Fixture.yaml(written));

    assertThat(problems).anySatisfy(line -> assertThat(line).contains(problem));
  }

  @Test
  void directServerReturnKeepsThePort() {
    String written =
        yaml("max-connections: 5", "slow-start: 0s", "")
            .replace("xdp: nat", "xdp: dsr-ipip")
            .replace("10.0.0.1:80", "10.0.0.1:8080");

    assertThat(Fixture.refused(Fixture.yaml(written)))
        .anySatisfy(
            line -> assertThat(line).contains("10.0.0.1:8080 of cluster c has another port"));
  }

  @Test
  void dsrByEthernetAddressTakesNoNames() {
    String written =
        yaml("max-connections: 5", "slow-start: 0s", "")
            .replace("xdp: nat", "xdp: dsr-l2")
            .replace("10.0.0.1:80", "endpoint.example:80");

    assertThat(Fixture.refused(Fixture.yaml(written)))
        .anySatisfy(line -> assertThat(line).contains("has no address but a name"));
  }

  @Test
  void anEndpointAnswersForFourListenersAtMost() {
    StringBuilder listeners = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      listeners.append(
          "    - { name: l%d, bind: '192.0.2.10:%d', protocol: tcp, cluster: c, xdp: nat }\n"
              .formatted(i, 80 + i));
    }
    String written =
        "expressgateway:\n  listeners:\n"
            + listeners
            + "  clusters: [ { name: c, protocol: tcp, endpoints: [ { address: '10.0.0.1:80' } ] } ]\n";

    assertThat(Fixture.refused(Fixture.yaml(written)))
        .anySatisfy(line -> assertThat(line).contains("is shared by more than 4 listeners"));
  }
}
