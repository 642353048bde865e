package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import org.junit.jupiter.api.Test;

/** More streams at a time than were announced. */
class StreamLimitTest {

  @Test
  void theStreamBeyondTheLimitIsRefusedAndTheOthersAreServed() throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              if (!request.head().startsWith("POST")) {
                request.ok("hello");
              }
            });
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 attacker = new RawHttp2(gateway.port());
        RawHttp2 neighbour = new RawHttp2(gateway.port())) {
      attacker.settings();
      for (int i = 0; i < 256; i++) {
        attacker.request(1 + 2 * i, "POST", false);
      }
      attacker.request(513, "POST", false).send();
      RawHttp2.Frame reset = attacker.await(RawHttp2.RST_STREAM);
      assertThat(reset.stream()).isEqualTo(513);
      assertThat(reset.number(0)).isEqualTo(RawHttp2.REFUSED_STREAM);
      assertThat(gateway.metrics.security).containsExactly("h2-max-streams:reset");

      attacker.frame(RawHttp2.RST_STREAM, 0, 1, RawHttp2.number(8));
      attacker.request(515, "GET", true).send();
      assertThat(attacker.await(RawHttp2.DATA).stream()).isEqualTo(515);
      neighbour.settings().request(1, "GET", true).send();
      assertThat(neighbour.await(RawHttp2.DATA).stream()).isEqualTo(1);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
