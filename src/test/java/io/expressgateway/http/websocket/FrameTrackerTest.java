package io.expressgateway.http.websocket;

import static io.expressgateway.http.websocket.TrackerFixture.LIMITS;
import static io.expressgateway.http.websocket.TrackerFixture.cut;
import static io.expressgateway.http.websocket.TrackerFixture.everywhere;
import static io.expressgateway.http.websocket.TrackerFixture.join;
import static io.expressgateway.http.websocket.TrackerFixture.tracker;
import static io.expressgateway.http.websocket.TrackerFixture.whole;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.websocket.FrameTracker.Fault;
import io.expressgateway.snapshot.WebSocketLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FrameTrackerTest {

  private static final int FIN = 0x80;

  private static byte[] f(int first, int length) {
    return Frames.frame(first, true, new byte[length]);
  }

  static Stream<Arguments> good() {
    return Stream.of(
        Arguments.of("nothing", new byte[0]),
        Arguments.of("a text", f(FIN | 1, 5)),
        Arguments.of("an empty text", f(FIN | 1, 0)),
        Arguments.of("length in two bytes", f(FIN | 2, 126)),
        Arguments.of("three fragments", join(f(1, 3), f(0, 0), f(FIN, 4))),
        Arguments.of("a ping among fragments", join(f(1, 3), f(FIN | 9, 125), f(FIN, 4))),
        Arguments.of("close", join(f(FIN | 10, 2), f(FIN | 8, 2))),
        Arguments.of("messages up to the limit", join(f(FIN | 2, 1000), f(2, 999), f(FIN, 1))),
        Arguments.of("frames behind a close", join(f(FIN | 8, 0), f(FIN | 1, 1))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("good")
  void letsFramesPassHoweverTheyAreCut(String claim, byte[] wire) {
    String expected = "null closed=" + claim.contains("close") + " passed=" + wire.length;
    assertThat(whole(true, ReservedBits.NONE, wire)).isEqualTo(expected);
    assertThat(cut(true, ReservedBits.NONE, wire, everywhere(wire))).isEqualTo(expected);
    for (int at = 1; at < wire.length; at++) {
      assertThat(cut(true, ReservedBits.NONE, wire, at)).isEqualTo(expected);
    }
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        Arguments.of("unmasked", Fault.PROTOCOL, Frames.frame(FIN | 1, false, new byte[3])),
        Arguments.of("RSV1", Fault.PROTOCOL, f(FIN | 0x40 | 1, 1)),
        Arguments.of("RSV2", Fault.PROTOCOL, f(FIN | 0x20 | 1, 1)),
        Arguments.of("RSV3", Fault.PROTOCOL, f(FIN | 0x10 | 1, 1)),
        Arguments.of("opcode 3", Fault.PROTOCOL, f(FIN | 3, 1)),
        Arguments.of("opcode 7", Fault.PROTOCOL, f(FIN | 7, 1)),
        Arguments.of("opcode 11", Fault.PROTOCOL, f(FIN | 11, 1)),
        Arguments.of("opcode 15", Fault.PROTOCOL, f(FIN | 15, 1)),
        Arguments.of("a fragmented ping", Fault.PROTOCOL, f(9, 1)),
        Arguments.of("a fragmented close", Fault.PROTOCOL, f(8, 1)),
        Arguments.of("a long ping", Fault.PROTOCOL, f(FIN | 9, 126)),
        Arguments.of("a continuation of nothing", Fault.PROTOCOL, f(FIN, 1)),
        Arguments.of(
            "two lengths",
            Fault.PROTOCOL,
            new byte[] {(byte) (FIN | 1), (byte) 0xfe, 0, 125, 0, 0, 0, 0}),
        Arguments.of(
            "a long length for little",
            Fault.PROTOCOL,
            new byte[] {(byte) (FIN | 1), (byte) 0xff, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff}),
        Arguments.of(
            "a negative length",
            Fault.PROTOCOL,
            new byte[] {(byte) (FIN | 1), (byte) 0xff, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0}),
        Arguments.of(
            "the longest length", Fault.TOO_LARGE, Frames.header(FIN | 2, true, Long.MAX_VALUE)),
        Arguments.of("a large frame", Fault.TOO_LARGE, f(FIN | 2, 1001)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void findsWhatIsWrongHoweverItIsCut(String claim, Fault fault, byte[] broken) {
    byte[] before = f(FIN | 1, 7);
    byte[] wire = join(before, broken);
    assertThat(whole(true, ReservedBits.NONE, wire))
        .isEqualTo(fault + " closed=false passed=" + before.length);
    assertThat(cut(true, ReservedBits.NONE, wire, before.length))
        .isEqualTo(fault + " closed=false passed=" + before.length);
    assertThat(cut(true, ReservedBits.NONE, wire, everywhere(wire))).startsWith(fault + " ");
    for (int at = 1; at < wire.length; at++) {
      assertThat(cut(true, ReservedBits.NONE, wire, at)).startsWith(fault + " ");
    }
  }

  @Test
  void aMessageWithinAMessageIsNone() {
    assertThat(whole(true, ReservedBits.NONE, join(f(1, 3), f(FIN | 1, 4))))
        .isEqualTo("PROTOCOL closed=false passed=9");
  }

  @Test
  void fragmentsAreSummedUp() {
    assertThat(whole(true, ReservedBits.NONE, join(f(2, 500), f(0, 400), f(FIN, 101))))
        .startsWith("TOO_LARGE closed=false passed=");
  }

  @Test
  void anEndpointMayNotMask() {
    assertThat(whole(false, ReservedBits.NONE, f(FIN | 1, 1))).startsWith("PROTOCOL");
    assertThat(whole(false, ReservedBits.NONE, Frames.plain("hello"))).startsWith("null");
  }

  @Test
  void deflateGivesTheFirstBitOfAMessageAMeaning() {
    byte[] compressed = join(f(0x40 | 1, 3), f(FIN, 2));
    assertThat(whole(true, ReservedBits.DEFLATE, compressed)).startsWith("null");
    assertThat(whole(true, ReservedBits.DEFLATE, join(f(1, 3), f(FIN | 0x40, 2))))
        .startsWith("PROTOCOL");
    assertThat(whole(true, ReservedBits.DEFLATE, f(FIN | 0x40 | 9, 0))).startsWith("PROTOCOL");
    assertThat(whole(true, ReservedBits.DEFLATE, f(FIN | 0x60 | 1, 0))).startsWith("PROTOCOL");
    assertThat(whole(true, ReservedBits.ANY, f(FIN | 0x30 | 1, 0))).startsWith("null");
  }

  @Test
  void oneFrameCanBeBoundedByItself() {
    WebSocketLimits small = new WebSocketLimits(true, Duration.ZERO, 0, 10, Duration.ZERO);
    FrameTracker tracker = tracker(true, ReservedBits.NONE, small);
    tracker.inspect(Unpooled.wrappedBuffer(join(f(1, 10), f(0, 10), f(FIN, 10))));
    assertThat(tracker.fault()).isNull();
    tracker.inspect(Unpooled.wrappedBuffer(f(FIN | 1, 11)));
    assertThat(tracker.fault()).isEqualTo(Fault.TOO_LARGE);
  }

  @Test
  void countsPings() {
    byte[] ping = f(FIN | 9, 0);
    assertThat(whole(true, ReservedBits.NONE, join(ping, ping, ping))).startsWith("null");
    assertThat(whole(true, ReservedBits.NONE, join(ping, ping, ping, ping)))
        .isEqualTo("PING_FLOOD closed=false passed=18");
  }

  @Test
  void countsFramesThatCarryNothingAndEndNothing() {
    assertThat(whole(true, ReservedBits.NONE, join(f(1, 0), f(0, 0), f(FIN, 0))))
        .startsWith("null");
    assertThat(whole(true, ReservedBits.NONE, join(f(1, 0), f(0, 0), f(0, 0))))
        .isEqualTo("EMPTY_FLOOD closed=false passed=12");
  }

  @Test
  void knowsWhetherAFrameMayFollow() {
    FrameTracker tracker = tracker(true, ReservedBits.NONE, LIMITS);
    byte[] wire = join(f(1, 3), f(FIN | 9, 2));
    for (int i = 0; i < wire.length; i++) {
      assertThat(tracker.isAtBoundary()).isEqualTo(i == 0 || i == 9);
      tracker.inspect(Unpooled.wrappedBuffer(wire, i, 1));
    }
    assertThat(tracker.isAtBoundary()).isTrue();
    tracker.inspect(Unpooled.wrappedBuffer(new byte[] {(byte) 0xff}));
    assertThat(tracker.isAtBoundary()).isTrue();
    assertThat(tracker.inspect(Unpooled.wrappedBuffer(wire))).isZero();
  }

  @Test
  void isInTheMiddleOfAFrameWhoseHeaderCameInPieces() {
    FrameTracker tracker = tracker(true, ReservedBits.NONE, LIMITS);
    tracker.inspect(Unpooled.wrappedBuffer(new byte[] {(byte) 0x81}));
    assertThat(tracker.inspect(Unpooled.wrappedBuffer(new byte[] {5}))).isZero();
    assertThat(tracker.fault()).isEqualTo(Fault.PROTOCOL);
    assertThat(tracker.isAtBoundary()).isFalse();
  }

  @Test
  void stopsBeforeACloseFrameWhenAskedTo() {
    FrameTracker tracker = tracker(true, ReservedBits.NONE, LIMITS);
    tracker.stopAtClose();
    byte[] message = f(FIN | 1, 3);
    byte[] wire = join(message, f(FIN | 8, 2), message);
    assertThat(tracker.inspect(Unpooled.wrappedBuffer(wire))).isEqualTo(message.length);
    assertThat(tracker.isStopped()).isTrue();
    assertThat(tracker.isAtBoundary()).isTrue();
    assertThat(tracker.isClosed()).isFalse();
    assertThat(tracker.inspect(Unpooled.wrappedBuffer(message))).isZero();
  }

  @Test
  void closeFramesOfOursAreReadAsSuch() throws Exception {
    ByteBuf plain = CloseFrame.toClient(1009);
    ByteBuf masked = CloseFrame.toEndpoint(1001, 0xa1b2c3d4);
    try {
      Frames.Frame toClient = Frames.read(new io.netty.buffer.ByteBufInputStream(plain));
      Frames.Frame toEndpoint = Frames.read(new io.netty.buffer.ByteBufInputStream(masked));
      assertThat(toClient.code()).isEqualTo(1009);
      assertThat(toClient.masked()).isFalse();
      assertThat(toEndpoint.code()).isEqualTo(1001);
      assertThat(toEndpoint.masked()).isTrue();
    } finally {
      plain.release();
      masked.release();
    }
  }
}
