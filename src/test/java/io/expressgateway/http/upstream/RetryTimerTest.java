package io.expressgateway.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawClient;
import io.expressgateway.http.h1.RawEndpoint;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The wait of a try ends with the try. */
class RetryTimerTest {

  /**
   * The first try fails after its request was sent; the second one connects to a socket whose
   * accept queue is full, for longer than the first one might have waited for its response.
   */
  @Test
  void aRetryThatConnectsSlowlyIsNotEndedByTheFailedTrysTimer() throws Exception {
    try (RawEndpoint failing =
            RawEndpoint.scripted(request -> {
              request.body();
              Thread.sleep(50);
              request.socket().close();
            });
        ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket first = new Socket(InetAddress.getLoopbackAddress(), full.getLocalPort());
        Socket second = new Socket(InetAddress.getLoopbackAddress(), full.getLocalPort());
        Gateway gateway =
            Gateway.builder()
                .endpoints(failing.port(), full.getLocalPort())
                .firstByteTimeout(Duration.ofMillis(600))
                .connectTimeout(Duration.ofMillis(1500))
                .retry(100, 65_536)
                .route("all", List.of(), List.of(Gateway.shortcut("Retry=3")), Map.of())
                .start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(first.isConnected() && second.isConnected()).isTrue();
      client.get("/").read();
      // The connect ran into its own limit, and nothing else was held against that endpoint.
      assertThat(gateway.metrics.failures).doesNotContain("first-byte-timeout");
      assertThat(gateway.metrics.retries).contains("upstream-closed");
      assertThat(gateway.metrics.retries).doesNotContain("first-byte-timeout");
    }
  }
}
