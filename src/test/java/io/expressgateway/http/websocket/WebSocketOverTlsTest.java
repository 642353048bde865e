package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** WebSocket with TLS on both sides: what TLS adds to {@link WebSocketTest}'s cells. */
class WebSocketOverTlsTest {

  private static final int LARGE_BYTES = 5_000_000;

  /** Many records of TLS, on HTTP/2 also many frames and windows, in both directions at once. */
  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#secured")
  void aLargeMessagePassesWholeThereAndBack(Cell cell) throws Exception {
    byte[] payload = new byte[LARGE_BYTES];
    new Random(8441).nextBytes(payload);
    try (WebSocketEndpoint endpoint = cell.endpoint(WebSocketEndpoint.ECHO);
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
        Peer client = cell.connect(gateway, "/chat")) {
      CompletableFuture<Frames.Frame> echo = reading(client);
      client.send(Frames.frame(0x80 | Frames.BINARY, true, payload));
      assertThat(echo.get(60, TimeUnit.SECONDS).payload()).isEqualTo(payload);
      client.send(Frames.close(true, 1000, ""));
      assertThat(client.read().code()).isEqualTo(1000);
      assertThat(client.endsCleanly()).isTrue();
      client.end();
      Await.until("completed", () -> gateway.engine().ledger().completed() == 1);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  /** A ping between the frames of a message, whose pong overtakes the rest of it. */
  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#secured")
  void aPingWithinAMessageIsAnsweredBeforeItEnds(Cell cell) throws Exception {
    try (WebSocketEndpoint endpoint = cell.endpoint(WebSocketEndpoint.ECHO);
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
        Peer client = cell.connect(gateway, "/chat")) {
      client.send(Frames.frame(Frames.TEXT, true, new byte[] {'a'}));
      client.send(Frames.frame(0x80 | Frames.PING, true, new byte[] {'?'}));
      assertThat(client.read().text()).isEqualTo("a");
      Frames.Frame pong = client.read();
      assertThat(pong.opcode()).isEqualTo(Frames.PONG);
      assertThat(pong.text()).isEqualTo("?");
      client.send(Frames.frame(0x80, true, new byte[] {'b'}));
      assertThat(client.read().text()).isEqualTo("b");
      client.send(Frames.close(true, 4999, "kept"));
      Frames.Frame closed = client.read();
      assertThat(closed.code()).isEqualTo(4999);
      assertThat(closed.reason()).isEqualTo("kept");
    }
  }

  private static CompletableFuture<Frames.Frame> reading(Peer from) {
    CompletableFuture<Frames.Frame> frame = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            frame.complete(from.read());
          } catch (Exception failed) {
            frame.completeExceptionally(failed);
          }
        });
    return frame;
  }
}
