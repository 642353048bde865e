package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import java.net.SocketTimeoutException;
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

  /** Its connection's window is not what the stream waits for. */
  @Test
  void theStreamIsResetThoughItsConnectionsWindowGrows() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(Duration.ofSeconds(30), Duration.ofMillis(400), Duration.ofSeconds(30))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
      client.request(1, "GET", true).send();
      client.await(RawHttp2.HEADERS);
      client.socket.setSoTimeout(100);
      RawHttp2.Frame reset = null;
      // Each turn waits for less than the stall's time; ten seconds of them are far beyond it.
      for (int turn = 0; turn < 90 && reset == null; turn++) {
        client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(1)).send();
        try {
          reset = client.await(RawHttp2.RST_STREAM);
        } catch (SocketTimeoutException none) {
          // Nothing yet: between two frames, which are each sent as a whole.
        }
      }
      assertThat(reset).isNotNull();
      assertThat(reset.stream()).isEqualTo(1);
      assertThat(gateway.metrics.security).contains("write-stall:reset");
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
