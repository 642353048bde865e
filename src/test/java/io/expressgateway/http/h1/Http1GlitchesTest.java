package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What is odd on HTTP/1.1 and let pass: once in a while, not without end. */
class Http1GlitchesTest {

  private static final String CHUNKED =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

  private static Gateway gateway(RawEndpoint endpoint, int threshold, boolean observed) {
    return Gateway.builder()
        .endpoints(endpoint.port())
        .rules(Rules.DEFAULTS.with(Rule.GLITCHES, threshold, observed))
        .start();
  }

  private static void neighbourIsServed(Gateway gateway) throws IOException {
    try (RawClient neighbour = new RawClient(gateway.port())) {
      assertThat(neighbour.get("/neighbour").read().body()).isEqualTo("/neighbour");
    }
  }

  @Test
  void aBodyOfChunkExtensionsIsRefusedAtTheDefaultScore() throws IOException {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient attacker = new RawClient(gateway.port())) {
      attacker.send(CHUNKED + "1;a=b\r\nx\r\n".repeat(201));
      RawClient.Response answer = attacker.read();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).contains("\"why\":\"glitches\"");
      assertThat(attacker.isEnded()).isTrue();
      assertThat(gateway.metrics.security).containsExactly("glitches:reject");
      neighbourIsServed(gateway);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @Test
  void asManyAsTheScoreAllowsPass() throws IOException {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send(CHUNKED + "1;a=b\r\nx\r\n".repeat(200) + "0\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(endpoint.request().receivedBody()).hasSize(200);
      assertThat(gateway.metrics.security).isEmpty();
    }
  }

  @Test
  void emptyLinesAndUpgradesCountOverRequests() throws IOException {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = gateway(endpoint, 3, false);
        RawClient client = new RawClient(gateway.port())) {
      client.send("\r\n").get("/1");
      assertThat(client.read().status()).isEqualTo(200);
      for (int i = 0; i < 2; i++) {
        client.send(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(200);
      }
      client.send("\r\n").get("/4");
      RawClient.Response answer = client.read();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.header("Connection")).isEqualTo("close");
      assertThat(gateway.metrics.security).endsWith("glitches:reject");
      assertThat(endpoint.requests()).hasSize(3);
      neighbourIsServed(gateway);
    }
  }

  @Test
  void observedTheyAreCountedAndServed() throws IOException {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = gateway(endpoint, 3, true);
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 10; i++) {
        client.send("\r\n").get("/" + i);
        assertThat(client.read().body()).isEqualTo("/" + i);
      }
      assertThat(gateway.metrics.security).containsExactly("glitches:observed");
    }
  }

  @Test
  void aSlowHeadMayBeObservedToo() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .limits(base -> Stage.limits(base).headerTimeout(java.time.Duration.ofMillis(200)))
                .rules(Rules.DEFAULTS.with(Rule.HEADER_TIMEOUT, 0, true))
                .start();
        RawClient client = new RawClient(gateway.port())) {
      client.send("GET /slow HTTP/1.1\r\nHost: ");
      io.expressgateway.http.fault.Await.until(
          "it is counted", () -> gateway.metrics.security.contains("header-timeout:observed"));
      client.send("x\r\n\r\n");
      assertThat(client.read().body()).isEqualTo("/slow");
      assertThat(gateway.metrics.security).containsExactly("header-timeout:observed");
    }
  }
}
