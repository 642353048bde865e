package io.expressgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.ListenerSpec.Protocol;
import io.expressgateway.snapshot.ListenerSpec.ProxyProtocol;
import io.expressgateway.snapshot.RelayLimits;
import io.expressgateway.snapshot.RelaySpec;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.snapshot.UdpLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Relays as written to relays as served, and what is refused. */
class RelayConfigurationTest {

  private static final String CLUSTERS =
      """
      expressgateway.clusters:
        - { name: bytes, protocol: tcp, proxy-protocol: v2 }
        - { name: datagrams, protocol: udp }
        - { name: requests }
      """;

  private static String listener(String keys) {
    return "expressgateway.listeners: [ { name: relay, bind: \"127.0.0.1:9000\", " + keys + " } ]";
  }

  private static ListenerSpec accepted(String keys) {
    return Fixture.accepted(Fixture.yaml(listener(keys), CLUSTERS))
        .snapshot()
        .listeners()
        .getFirst();
  }

  private static List<String> refused(String keys) {
    return Fixture.refused(Fixture.yaml(listener(keys), CLUSTERS));
  }

  private static void assertRefused(String keys, String... parts) {
    assertThat(refused(keys)).hasSize(1);
    assertThat(refused(keys).getFirst()).contains(parts);
  }

  @Test
  void everyKeyOfATcpListenerArrives() {
    ListenerSpec spec =
        accepted(
            "protocol: tcp, cluster: bytes, proxy-protocol: require, trusted-proxies: [10.0.0.0/8],"
                + " relay: { idle-timeout: 5m, max-lifetime: 1d, write-stall-timeout: off,"
                + " connect-attempts: 7 }");

    assertThat(spec.protocol()).isEqualTo(Protocol.TCP);
    assertThat(spec.proxyProtocol()).isEqualTo(ProxyProtocol.REQUIRE);
    assertThat(spec.trustedProxies()).hasSize(1);
    assertThat(spec.relay())
        .isEqualTo(
            new RelaySpec(
                "bytes",
                Map.of(),
                new RelayLimits(Duration.ofMinutes(5), Duration.ofDays(1), Duration.ZERO, 7),
                UdpLimits.DEFAULTS));
  }

  @ParameterizedTest
  @CsvSource({
    "tcp, ,1",
    "tcp, 'trusted-proxies: [10.0.0.0/8],', 0",
    "http, , 1",
    "http, 'trusted-proxies: [10.0.0.0/8],', 0"
  })
  void whoBelievesEverybodyIsWarned(String protocol, @Nullable String trust, int warnings) {
    String keys = protocol.equals("tcp") ? "protocol: tcp, cluster: bytes" : "protocol: http";
    String trusted = trust == null ? "" : trust;
    String yaml = listener(trusted + keys + ", proxy-protocol: accept");

    assertThat(Fixture.accepted(Fixture.yaml(yaml, CLUSTERS)).warnings())
        .hasSize(warnings)
        .allSatisfy(warning ->
            assertThat(warning.line())
                .contains("proxy-protocol | accept | whoever can connect is believed"));
  }

  @Test
  void theDefaultsAreThoseOfTheSnapshot() {
    assertThat(accepted("protocol: tcp, cluster: bytes").relay()).isEqualTo(RelaySpec.to("bytes"));
    assertThat(accepted("protocol: http").relay()).isNull();
  }

  @Test
  void everyKeyOfAUdpListenerArrives() {
    ListenerSpec spec =
        accepted(
            "protocol: udp, cluster: datagrams,"
                + " udp: { session-idle-timeout: 5s, max-sessions: 10, max-sessions-per-ip: 2 }");

    assertThat(spec.protocol()).isEqualTo(Protocol.UDP);
    assertThat(spec.relay().udp()).isEqualTo(new UdpLimits(Duration.ofSeconds(5), 10, 2));
  }

  @Test
  void namesOfPassthroughKeepTheirDotsAndDashes() {
    ListenerSpec spec =
        accepted(
            "protocol: tls-passthrough, handshake-timeout: 2s, sni: { a-b.example.com: bytes,"
                + " ab.example.com: bytes, \"*.Sites.example\": bytes, \"[*.x_y.example]\": bytes,"
                + " example.com: bytes }");

    assertThat(spec.handshakeTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(spec.relay().cluster()).isEmpty();
    assertThat(spec.relay().sni())
        .containsOnlyKeys(
            "a-b.example.com", "ab.example.com", "*.sites.example", "*.x_y.example", "example.com")
        .containsValue("bytes");
  }

  @Test
  void theClusterSaysWhichHeaderItsEndpointsGet() {
    Snapshot snapshot =
        Fixture.accepted(Fixture.yaml(listener("protocol: tcp, cluster: bytes"), CLUSTERS))
            .snapshot();

    assertThat(snapshot.clusters())
        .extracting(ClusterSpec::protocol, ClusterSpec::proxyProtocol)
        .extracting(Object::toString)
        .containsExactly("(TCP, V2)", "(UDP, OFF)", "(HTTP1, OFF)");
  }

  @Test
  void aRelayNeedsAClusterOfItsProtocol() {
    assertRefused("protocol: tcp", "listeners[0].cluster |", "has to know where bytes go");
    assertRefused("protocol: tls-passthrough", "listeners[0].cluster |", "or names and clusters");
    assertRefused(
        "protocol: tcp, cluster: byts",
        "| byts | there is no cluster byts",
        "closest there is bytes");
    assertRefused(
        "protocol: tcp, cluster: requests", "leads to clusters of protocol tcp", "has http1");
    assertRefused("protocol: udp, cluster: bytes", "leads to clusters of protocol udp", "has tcp");
    assertRefused(
        "protocol: tls-passthrough, sni: { a.example: requests }",
        "listeners[0].sni.a.example | requests",
        "leads to clusters of protocol tcp");
  }

  @Test
  void whatHasNoMeaningForAProtocolIsRefused() {
    assertRefused("cluster: bytes", "listeners[0].cluster | bytes", "protocol http");
    assertRefused("sni: { a.example: bytes }", "listeners[0].sni | a.example", "protocol http");
    assertRefused("relay: { connect-attempts: 2 }", "listeners[0].relay |", "protocol http");
    assertRefused("udp: { max-sessions: 2 }", "listeners[0].udp |", "protocol http");
    assertRefused("protocol: tcp, cluster: bytes, http: { max-streams: 1 }", "listeners[0].http |");
    assertRefused(
        "protocol: tcp, cluster: bytes, sni: { a.example: bytes }", "only tls-passthrough chooses");
    assertRefused(
        "protocol: tcp, cluster: bytes, trusted-proxies: [10.0.0.0/8]", "proxy-protocol is off");
    assertRefused(
        "protocol: tcp, cluster: bytes, tls: { min-version: TLSv1.3 }",
        "uses no certificate | write protocol: tls");
    assertRefused("protocol: tls, cluster: bytes", "tls needs a certificate");
    assertRefused(
        "protocol: udp, cluster: datagrams, relay: { connect-attempts: 9 }", "listeners[0].relay");
    assertRefused(
        "protocol: udp, cluster: datagrams, proxy-protocol: accept", "a datagram has no beginning");
    assertRefused(
        "protocol: tls-passthrough, cluster: bytes, sni: { \"a b\": bytes }",
        "is neither a host name");
    assertRefused(
        "protocol: tls-passthrough, cluster: bytes, sni: { \"a.*.example\": bytes }",
        "is neither a host name");
  }

  @Test
  void connectionIdsAreHashedByBalancersThatHash() {
    String listener = listener("protocol: udp, cluster: quic");
    String cluster =
        "expressgateway.clusters: [ { name: quic, protocol: udp, hash-on: connection-id,"
            + " balancer: %s, endpoints: [ { address: '10.0.0.1:443' } ] } ]";
    assertThat(
            Fixture.accepted(Fixture.yaml(listener, cluster.formatted("maglev")))
                .snapshot()
                .clusters()
                .getFirst()
                .hashOn())
        .isEqualTo("connection-id");
    assertThat(Fixture.refused(Fixture.yaml(listener, cluster.formatted("random"))))
        .singleElement()
        .asString()
        .contains("hash-on | connection-id | balancer random does not hash");
  }

  @Test
  void keysOfClustersThatRelaysCannotUseAreRefused() {
    for (String keys :
        List.of(
            "hash-on: path",
            "hash-on: header:X",
            "balancer: session-affinity",
            "affinity-cookie: C",
            "first-byte-timeout: 1s",
            "pool: { max-pending: 1 }",
            "retry: { replay-buffer: 1KB }")) {
      String yaml = "expressgateway.clusters: [ { name: bytes, protocol: tcp, " + keys + " } ]";
      List<String> problems =
          Fixture.refused(Fixture.yaml(listener("protocol: tcp, cluster: bytes"), yaml));
      assertThat(problems)
          .as(keys)
          .anyMatch(line -> line.contains("for a cluster of protocol tcp"));
    }
    assertThat(
            Fixture.refused(
                Fixture.yaml(
                    listener("protocol: http"),
                    "expressgateway.clusters: [ { name: c, proxy-protocol: v1 } ]")))
        .singleElement()
        .asString()
        .contains("clusters[0].proxy-protocol | v1", "are shared by clients");
  }

  @Test
  void routesCannotLeadToRelaysOrServeThem() {
    List<String> problems =
        Fixture.refused(
            Fixture.yaml(
                listener("protocol: tcp, cluster: bytes"),
                CLUSTERS,
                """
                spring.cloud.gateway.server.webflux.routes:
                  - { id: a, uri: "lb://bytes" }
                  - { id: b, uri: "lb://requests", metadata: { listeners: [relay] } }
                """));

    assertThat(problems).hasSize(2);
    assertThat(problems.getFirst()).contains("lb://bytes", "knows no requests");
    assertThat(problems.getLast()).contains("relay", "relays bytes and knows no requests");
  }

  @Test
  void checksOfEveryTypeSuitEndpointsOfRelays() {
    for (String type : List.of("tcp", "http", "grpc")) {
      Fixture.accepted(
          Fixture.yaml(
              listener("protocol: tcp, cluster: bytes"),
              "expressgateway.clusters: [ { name: bytes, protocol: tcp, health-check: { type: "
                  + type
                  + " } } ]"));
    }
  }
}
