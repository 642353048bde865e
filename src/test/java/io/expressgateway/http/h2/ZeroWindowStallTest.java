package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A client that opens no window and yet answers PING. */
class ZeroWindowStallTest {

  @Test
  void theStreamIsResetAndItsConnectionServesOn() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(Duration.ofSeconds(30), Duration.ofMillis(400), Duration.ofSeconds(30))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      // SETTINGS_INITIAL_WINDOW_SIZE 0.
      client.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
      client.request(1, "GET", true).send();
      RawHttp2.Frame reset = client.await(RawHttp2.RST_STREAM);
      assertThat(reset.stream()).isEqualTo(1);
      assertThat(gateway.metrics.security).contains("write-stall:reset");
      client.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 1, 0});
      client.request(3, "GET", true).send();
      assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(3);
      Await.until(
          "every exchange ends",
          () ->
              gateway.engine().ledger().accepted() == 2
                  && gateway.engine().ledger().completed() + gateway.engine().ledger().aborted()
                      == 2);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
