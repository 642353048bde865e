package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bits and opcodes that no extension gave a meaning (RFC 6455 section 5.2), and broken order. */
class ReservedBitsTest {

  static Stream<Arguments> frames() {
    return Cell.four()
        .flatMap(cell ->
            Stream.of(
                Arguments.of(cell, "RSV1", Frames.frame(0xc1, true, new byte[2])),
                Arguments.of(cell, "RSV3", Frames.frame(0x91, true, new byte[2])),
                Arguments.of(cell, "opcode 5", Frames.frame(0x85, true, new byte[2])),
                Arguments.of(cell, "a fragmented ping", Frames.frame(0x09, true, new byte[2])),
                Arguments.of(cell, "a long close", Frames.frame(0x88, true, new byte[126])),
                Arguments.of(cell, "a continuation", Frames.frame(0x80, true, new byte[2]))));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("frames")
  void endWith1002(Cell cell, String claim, byte[] frame) throws Exception {
    try (WebSocketStage stage = WebSocketStage.open(cell, WebSocketEndpoint.ECHO)) {
      Peer client = stage.connect();
      client.send(frame);
      assertThat(client.read().code()).isEqualTo(1002);
      assertThat(client.endsCleanly()).isTrue();
      stage.assertEnded("websocket-protocol", "websocket-protocol");
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void theBitOfAnAgreedExtensionPasses(Cell cell) throws Exception {
    try (WebSocketStage stage =
        WebSocketStage.open(
            cell,
            call -> {
              Peer peer = call.accept("sec-websocket-extensions", "permessage-deflate");
              peer.send(Frames.frame(0xc1, false, peer.read().payload()));
              peer.endsCleanly();
            })) {
      Peer client = stage.connect("sec-websocket-extensions", "permessage-deflate");
      client.send(Frames.frame(0xc1, true, new byte[] {1, 2, 3}));
      Frames.Frame answer = client.read();
      assertThat(answer.first()).isEqualTo(0xc1);
      assertThat(answer.payload()).containsExactly(1, 2, 3);
      stage.neighbourIsServed();
    }
  }

  /** The endpoint has had the first byte of the frame: no frame of ours may follow that. */
  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void aPeerInTheMiddleOfAFrameIsCutOff(Cell cell) throws Exception {
    java.util.concurrent.atomic.AtomicReference<Boolean> clean =
        new java.util.concurrent.atomic.AtomicReference<>();
    try (WebSocketStage stage =
        WebSocketStage.open(
            cell,
            call -> {
              Peer peer = call.accept();
              peer.send(Frames.plain("" + peer.in.read()));
              clean.set(peer.endsCleanly());
            })) {
      Peer client = stage.connect();
      client.send(new byte[] {(byte) 0x81});
      assertThat(client.read().text()).isEqualTo("129");
      client.send(new byte[] {1, 'x'});
      assertThat(client.read().code()).isEqualTo(1002);
      stage.assertEnded("websocket-protocol", "websocket-protocol");
      io.expressgateway.http.fault.Await.until("the endpoint's end", () -> clean.get() != null);
      assertThat(clean.get()).isFalse();
    }
  }
}
