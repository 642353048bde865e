package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.fault.Await;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A client that does not mask (RFC 6455 section 5.1), and an endpoint that does. */
class UnmaskedFrameTest {

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void anUnmaskedClientIsToldSoAndTheEndpointThatItIsGone(Cell cell) throws Exception {
    AtomicReference<Frames.Frame> first = new AtomicReference<>();
    AtomicReference<Frames.Frame> last = new AtomicReference<>();
    try (WebSocketStage stage =
        WebSocketStage.open(
            cell,
            call -> {
              Peer peer = call.accept();
              first.set(peer.read());
              last.set(peer.read());
              peer.send(Frames.plain("answer"));
              peer.send(Frames.close(false, 1001, ""));
              peer.end();
            })) {
      Peer client = stage.connect();
      client.send(TrackerFixture.join(Frames.masked("good"), Frames.plain("bad")));
      assertThat(client.read().text()).isEqualTo("answer");
      assertThat(client.read().code()).isEqualTo(1002);
      assertThat(client.endsCleanly()).isTrue();
      stage.assertEnded("websocket-protocol", "websocket-protocol");
      assertThat(first.get().text()).isEqualTo("good");
      assertThat(last.get().code()).isEqualTo(1001);
      assertThat(last.get().masked()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void aMaskingEndpointIsToldSoAndTheClientThatItIsGone(Cell cell) throws Exception {
    AtomicReference<Frames.Frame> told = new AtomicReference<>();
    try (WebSocketStage stage =
        WebSocketStage.open(
            cell,
            call -> {
              Peer peer = call.accept();
              peer.send(TrackerFixture.join(Frames.plain("good"), Frames.masked("bad")));
              told.set(peer.read());
            })) {
      Peer client = stage.connect();
      assertThat(client.read().text()).isEqualTo("good");
      assertThat(client.read().code()).isEqualTo(1001);
      client.send(Frames.close(true, 1001, ""));
      client.end();
      assertThat(client.endsCleanly()).isTrue();
      stage.assertEnded("websocket-protocol", "upstream-websocket-protocol");
      Await.until("the endpoint is told", () -> told.get() != null);
      assertThat(told.get().code()).isEqualTo(1002);
    }
  }
}
