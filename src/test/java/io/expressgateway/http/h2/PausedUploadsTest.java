package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawClient;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An endpoint that takes one request's body and not another's, all on one connection. */
class PausedUploadsTest {

  private static final int PAUSED = 80;
  private static final int PIECES = 5;

  @Test
  void whatWaitsForOneStreamDoesNotStopAnother() throws Exception {
    Http2Endpoint.Script script =
        call -> {
          call.takes = !call.path().equals("/paused");
          if (call.ended) {
            call.ok("taken");
          }
        };
    // The connection's window is the protocol's 65 535.
    Http2Settings settings = new Http2Settings().maxConcurrentStreams(100).initialWindowSize(100);
    List<RawClient> clients = new ArrayList<>();
    try (Http2Endpoint endpoint = Http2Endpoint.start(settings, script);
        Gateway gateway = Http2EndpointTest.gateway(endpoint).start()) {
      try (RawClient first = new RawClient(gateway.port())) {
        // The endpoint's SETTINGS are there behind this.
        assertThat(first.get("/").read().body()).isEqualTo("taken");
      }
      for (int i = 0; i < PAUSED; i++) {
        RawClient client = new RawClient(gateway.port());
        clients.add(client);
        client.send(head("/paused", 1 << 20));
        client.send("b".repeat(10_000));
      }
      Await.until(
          "all have come to a halt",
          () ->
              endpoint.calls.stream().filter(call -> call.received.get() == 100).count() == PAUSED);
      RawClient client = new RawClient(gateway.port());
      clients.add(client);
      client.send(head("/taken", PIECES * 1000));
      for (int i = 0; i < PIECES; i++) {
        // Each has to find room anew.
        client.send("b".repeat(1000));
        Thread.sleep(50);
      }

      assertThat(client.read().body()).isEqualTo("taken");
      assertThat(endpoint.connections).hasSize(1);
      assertThat(gateway.metrics.contained).isEmpty();
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  private static String head(String target, int length) {
    return "PUT " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n";
  }
}
