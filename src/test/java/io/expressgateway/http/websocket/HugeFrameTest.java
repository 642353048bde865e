package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.snapshot.WebSocketLimits;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages beyond the limit, announced in one frame or summed over many, from either peer. */
class HugeFrameTest {

  private static WebSocketLimits small(WebSocketLimits base) {
    return new WebSocketLimits(true, base.idleTimeout(), 10_000, 0, base.maxLifetime());
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void anAnnouncedGigabyteEndsWith1009(Cell cell) throws Exception {
    try (WebSocketStage stage = WebSocketStage.open(cell, WebSocketEndpoint.ECHO)) {
      Peer client = stage.connect();
      client.send(Frames.header(0x82, true, 1L << 30));
      assertThat(client.read().code()).isEqualTo(1009);
      assertThat(client.endsCleanly()).isTrue();
      stage.assertEnded("websocket-too-large", "websocket-too-large");
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void fragmentsThatSumUpToTooMuchEndWith1009(Cell cell) throws Exception {
    try (WebSocketStage stage =
        WebSocketStage.open(
            cell,
            HugeFrameTest::small,
            call -> {
              Peer peer = call.accept();
              while (peer.read().opcode() != Frames.CLOSE) {}
              peer.send(Frames.close(false, 1001, ""));
            })) {
      Peer client = stage.connect();
      client.send(Frames.frame(0x02, true, new byte[4000]));
      client.send(Frames.frame(0x00, true, new byte[4000]));
      client.send(Frames.frame(0x80, true, new byte[2000]));
      client.send(Frames.frame(0x02, true, new byte[9000]));
      client.send(Frames.frame(0x80, true, new byte[1001]));
      assertThat(client.read().code()).isEqualTo(1009);
      assertThat(client.endsCleanly()).isTrue();
      stage.assertEnded("websocket-too-large", "websocket-too-large");
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void anEndpointsMessageIsBoundedAsWell(Cell cell) throws Exception {
    AtomicReference<Frames.Frame> told = new AtomicReference<>();
    try (WebSocketStage stage =
        WebSocketStage.open(
            cell,
            HugeFrameTest::small,
            call -> {
              Peer peer = call.accept();
              peer.send(Frames.header(0x82, false, 10_001));
              told.set(peer.read());
            })) {
      Peer client = stage.connect();
      assertThat(client.read().code()).isEqualTo(1001);
      client.send(Frames.close(true, 1001, ""));
      assertThat(client.endsCleanly()).isTrue();
      stage.assertEnded("websocket-too-large", "upstream-websocket-too-large");
      assertThat(told.get().code()).isEqualTo(1009);
    }
  }
}
