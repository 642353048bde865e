package io.expressgateway.http.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.FaultyEndpoint;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.net.Cidr;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.ListenerSpec.ProxyProtocol;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PROXY protocol headers in front of HTTP. */
class ProxyProtocolListenerTest {

  private static final String LINE = "PROXY TCP4 203.0.113.7 198.51.100.1 40000 80\r\n";
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";

  private static Gateway gateway(int endpoint, ProxyProtocol policy, List<Cidr> trusted) {
    return Gateway.builder()
        .endpoints(endpoint)
        .listener(spec ->
            new ListenerSpec(
                spec.name(),
                spec.bind(),
                spec.protocol(),
                spec.maxConnections(),
                spec.maxConnectionsPerIp(),
                trusted,
                "",
                spec.forwarding(),
                spec.accessLog(),
                spec.http(),
                null,
                Duration.ofSeconds(5),
                policy,
                null))
        .start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"REQUIRE", "ACCEPT"})
  void theClientIsWhomTheHeaderNames(String policy) throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway = gateway(endpoint.port(), ProxyProtocol.valueOf(policy), List.of());
        RawClient client = new RawClient(gateway.port())) {
      client.send(LINE + REQUEST);
      assertThat(client.read(false).status()).isEqualTo(200);
      // The header comes once.
      client.send(REQUEST);
      assertThat(client.read(false).status()).isEqualTo(200);
      assertThat(endpoint.requests)
          .hasSize(2)
          .allSatisfy(head ->
              assertThat(head.toLowerCase(Locale.ROOT)).contains("x-forwarded-for: 203.0.113.7"));
    }
  }

  @Test
  void acceptServesWhoSendsNone() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway = gateway(endpoint.port(), ProxyProtocol.ACCEPT, List.of())) {
      assertThat(RawClient.get(gateway.port(), "/").status()).isEqualTo(200);
      assertThat(endpoint.requests.getFirst().toLowerCase(Locale.ROOT))
          .contains("x-forwarded-for: 127.0.0.1");
    }
  }

  @Test
  void requireClosesWhoSendsNone() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway = gateway(endpoint.port(), ProxyProtocol.REQUIRE, List.of())) {
      assertClosed(gateway, REQUEST);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"REQUIRE", "ACCEPT"})
  void aHeaderOfAnUntrustedPeerIsClosed(String policy) throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway =
            gateway(
                endpoint.port(),
                ProxyProtocol.valueOf(policy),
                List.of(Cidr.parse("192.0.2.0/24")))) {
      assertClosed(gateway, LINE + REQUEST);
    }
  }

  private static void assertClosed(Gateway gateway, String bytes) throws Exception {
    try (RawClient client = new RawClient(gateway.port())) {
      try {
        client.send(bytes);
        assertThat(client.in.read()).isEqualTo(-1);
      } catch (IOException reset) {
        // What was not read makes a reset of the close.
      }
    }
    Await.until("counted", () -> gateway.metrics.security.contains("proxy-protocol:close"));
    Await.until("closed", () -> gateway.engine().isIdle());
  }
}
