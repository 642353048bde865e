package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.fault.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** WebSockets that nobody uses, and ones that have lived for too long. */
class WebSocketIdleTest {

  private final AtomicReference<Frames.Frame> told = new AtomicReference<>();

  private WebSocketEndpoint.Script answeringClose() {
    return call -> {
      Peer peer = call.accept();
      told.set(peer.read());
      peer.send(Frames.close(false, told.get().code(), ""));
      peer.end();
      peer.endsCleanly();
    };
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void anIdleOneIsClosedWith1001OnBothSides(Cell cell) throws Exception {
    try (WebSocketStage stage =
        WebSocketStage.open(
            cell,
            base ->
                new io.expressgateway.snapshot.WebSocketLimits(
                    true, Duration.ofMillis(600), 0, 0, Duration.ZERO),
            answeringClose())) {
      Peer client = stage.connect();
      // The neighbour has the same limit and is used all the time.
      Await.until(
          "idle",
          () -> {
            stage.neighbourIsServed();
            return stage.gateway.metrics.failures.contains("tunnel-idle");
          });
      assertThat(client.read().code()).isEqualTo(1001);
      client.send(Frames.close(true, 1001, ""));
      assertThat(client.endsCleanly()).isTrue();
      stage.assertEnded("websocket-idle", "tunnel-idle");
      assertThat(told.get().code()).isEqualTo(1001);
      assertThat(told.get().masked()).isTrue();
      assertThat(stage.gateway.engine().ledger().completed()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void theRoutesIdleTimeIsTheOneThatCounts(Cell cell) throws Exception {
    try (WebSocketStage stage =
        WebSocketStage.with(
            cell,
            builder ->
                builder
                    .route(
                        "chat",
                        List.of("Path=/chat"),
                        List.of(),
                        Map.of("tunnel-idle-timeout", 200L))
                    .route("rest", List.of(), List.of(), Map.of()),
            answeringClose())) {
      Peer client = stage.connect();
      assertThat(client.read().code()).isEqualTo(1001);
      client.send(Frames.close(true, 1001, ""));
      assertThat(client.endsCleanly()).isTrue();
      stage.assertEnded("websocket-idle", "tunnel-idle");
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void oneThatReachesItsLifetimeIsClosedWith1001(Cell cell) throws Exception {
    try (WebSocketEndpoint endpoint = cell.endpoint(WebSocketEndpoint.ECHO);
        io.expressgateway.http.Gateway gateway =
            cell.gateway(
                    endpoint,
                    base ->
                        new io.expressgateway.snapshot.WebSocketLimits(
                            true, Duration.ofSeconds(60), 0, 0, Duration.ofMillis(300)))
                .start();
        Peer client = cell.connect(gateway, "/chat")) {
      Frames.Frame frame;
      do {
        client.send(Frames.masked("busy"));
        frame = client.read();
      } while (frame.opcode() == Frames.TEXT);
      assertThat(frame.code()).isEqualTo(1001);
      client.send(Frames.close(true, 1001, ""));
      assertThat(client.endsCleanly()).isTrue();
      Await.until("completed", () -> gateway.engine().ledger().completed() == 1);
      assertThat(gateway.metrics.failures).containsExactly("websocket-lifetime");
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void whoDoesNotAnswerTheCloseIsNotWaitedForLong(Cell cell) throws Exception {
    try (WebSocketStage stage =
        WebSocketStage.with(
            cell,
            builder ->
                builder
                    .route(
                        "chat",
                        List.of("Path=/chat"),
                        List.of(),
                        Map.of("tunnel-idle-timeout", 200L))
                    .route("rest", List.of(), List.of(), Map.of()),
            call -> call.accept().endsCleanly())) {
      Peer client = stage.connect();
      assertThat(client.read().code()).isEqualTo(1001);
      assertThat(client.endsCleanly()).isTrue();
      stage.assertEnded("websocket-idle", "tunnel-idle");
      assertThat(stage.gateway.engine().ledger().aborted()).isEqualTo(1);
    }
  }
}
