package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.limit.Rule;
import io.expressgateway.tls.Link;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The floods of HTTP/2 where they usually come from: a connection that agreed on h2 by ALPN. */
class FloodsOverTlsTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("test");

  private static Link connect(int port) throws IOException {
    return Link.secured(CERTIFICATES, port, "test", "h2");
  }

  private static Gateway.Builder gateway() {
    return Gateway.builder().tls(TestCertificates.spec(SITE));
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("io.expressgateway.http.h2.FloodThresholdTest#floods")
  void oneBeyondTheThresholdSeesGoAwayAndTheEndOfItsConnection(
      Rule rule, FloodThresholdTest.Frame frame, int explained) throws Exception {
    Link[] attacker = new Link[1];
    FloodThresholdTest.endsOneBeyond(
        rule,
        frame,
        explained,
        gateway(),
        port -> {
          Link link = connect(port);
          if (attacker[0] == null) {
            attacker[0] = link;
          }
          return link;
        });
    assertThat(attacker[0].wasNotified()).isTrue();
  }

  /** Thousands of frames in one go: the end may overtake the GOAWAY, the neighbour sees nothing. */
  @Test
  void aFloodThatDoesNotStopIsCutOff() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = gateway().endpoints(endpoint.port()).start();
        RawHttp2 attacker = new RawHttp2(connect(gateway.port()));
        RawHttp2 neighbour = new RawHttp2(connect(gateway.port()))) {
      attacker.settings();
      for (int i = 0; i < 10_000; i++) {
        attacker.request(1 + 2 * i, "GET", true);
        attacker.frame(RawHttp2.RST_STREAM, 0, 1 + 2 * i, RawHttp2.number(8));
      }
      try {
        attacker.send();
      } catch (IOException cut) {
        assertThat(gateway.metrics.security).contains("h2-rapid-reset:goaway");
      }
      Await.until(
          "it is counted", () -> gateway.metrics.security.contains("h2-rapid-reset:goaway"));
      neighbour.settings().request(1, "GET", true).send();
      assertThat(neighbour.await(RawHttp2.DATA).stream()).isEqualTo(1);
      Await.until(
          "only the neighbour is left",
          () -> gateway.engine().listeners().getFirst().connections() == 1);
      Await.until(
          "every exchange ends",
          () -> {
            var ledger = gateway.engine().ledger();
            return ledger.accepted() == ledger.completed() + ledger.refused() + ledger.aborted();
          });
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @Test
  void aWindowThatNeverOpensIsResetAndItsConnectionServesOn() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway =
            gateway()
                .endpoints(endpoint.port())
                .timers(Duration.ofSeconds(30), Duration.ofMillis(400), Duration.ofSeconds(30))
                .start();
        RawHttp2 client = new RawHttp2(connect(gateway.port()))) {
      client.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
      client.request(1, "GET", true).send();
      assertThat(client.await(RawHttp2.RST_STREAM).stream()).isEqualTo(1);
      assertThat(gateway.metrics.security).containsExactly("write-stall:reset");
      client.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 1, 0});
      client.request(3, "GET", true).send();
      assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(3);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
