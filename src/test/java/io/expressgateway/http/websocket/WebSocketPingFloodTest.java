package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** More than 50 pings in ten seconds, from either peer. */
class WebSocketPingFloodTest {

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void aClientsFloodEndsWith1008(Cell cell) throws Exception {
    try (WebSocketStage stage = WebSocketStage.open(cell, WebSocketEndpoint.ECHO)) {
      Peer client = stage.connect();
      for (int i = 0; i < 50; i++) {
        client.send(Frames.ping(true));
        assertThat(client.read().opcode()).isEqualTo(Frames.PONG);
      }
      client.send(Frames.ping(true));
      assertThat(client.read().code()).isEqualTo(1008);
      assertThat(client.endsCleanly()).isTrue();
      stage.assertEnded("websocket-ping-flood", "websocket-ping-flood");
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void aFloodThatIsOnlyObservedPasses(Cell cell) throws Exception {
    Rules observed = Rules.DEFAULTS.with(Rule.WEBSOCKET_PING_FLOOD, 5, true);
    try (WebSocketStage stage =
        WebSocketStage.with(cell, builder -> builder.rules(observed), WebSocketEndpoint.ECHO)) {
      Peer client = stage.connect();
      for (int i = 0; i < 8; i++) {
        client.send(Frames.ping(true));
        assertThat(client.read().opcode()).isEqualTo(Frames.PONG);
      }
      assertThat(stage.gateway.metrics.security)
          .containsExactly(
              "websocket-ping-flood:observed",
              "websocket-ping-flood:observed",
              "websocket-ping-flood:observed");
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void framesOfNothingEndWith1008(Cell cell) throws Exception {
    try (WebSocketStage stage = WebSocketStage.open(cell, WebSocketEndpoint.ECHO)) {
      Peer client = stage.connect();
      client.send(Frames.frame(Frames.TEXT, true, new byte[0]));
      for (int i = 0; i < 100; i++) {
        client.send(Frames.frame(0, true, new byte[0]));
      }
      Frames.Frame frame = client.read();
      while (frame.opcode() != Frames.CLOSE) {
        frame = client.read();
      }
      assertThat(frame.code()).isEqualTo(1008);
      assertThat(client.endsCleanly()).isTrue();
      stage.assertEnded("websocket-empty-flood", "websocket-empty-flood");
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void anEndpointsFloodEndsWith1008ForIt(Cell cell) throws Exception {
    AtomicReference<Frames.Frame> told = new AtomicReference<>();
    try (WebSocketStage stage =
        WebSocketStage.open(
            cell,
            call -> {
              Peer peer = call.accept();
              for (int i = 0; i < 51; i++) {
                peer.send(Frames.ping(false));
              }
              told.set(peer.read());
            })) {
      Peer client = stage.connect();
      for (int i = 0; i < 50; i++) {
        assertThat(client.read().opcode()).isEqualTo(Frames.PING);
      }
      assertThat(client.read().code()).isEqualTo(1001);
      client.send(Frames.close(true, 1001, ""));
      assertThat(client.endsCleanly()).isTrue();
      stage.assertEnded("websocket-ping-flood", "upstream-websocket-ping-flood");
      assertThat(told.get().code()).isEqualTo(1008);
    }
  }
}
