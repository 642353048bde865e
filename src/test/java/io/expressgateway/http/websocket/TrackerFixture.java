package io.expressgateway.http.websocket;

import io.expressgateway.net.Ticker;
import io.expressgateway.snapshot.WebSocketLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Arrays;

/** Leads bytes through a tracker, cut into pieces, and tells what came of them. */
final class TrackerFixture {

  static final WebSocketLimits LIMITS =
      new WebSocketLimits(true, Duration.ZERO, 1000, 0, Duration.ZERO);

  private TrackerFixture() {}

  static FrameTracker tracker(boolean masked, ReservedBits reserved, WebSocketLimits limits) {
    Ticker standstill = () -> 0;
    return new FrameTracker(
        masked,
        reserved,
        limits,
        new FrameRate(3, standstill),
        new FrameRate(2, standstill),
        fault -> false);
  }

  /** Fault, whether a close frame has passed, and, when cut nowhere, how much may pass. */
  static String whole(boolean masked, ReservedBits reserved, byte[] wire) {
    FrameTracker tracker = tracker(masked, reserved, LIMITS);
    ByteBuf in = Unpooled.wrappedBuffer(wire);
    int passed = tracker.inspect(in);
    if (in.readerIndex() != 0 || in.writerIndex() != wire.length) {
      throw new AssertionError("indexes moved");
    }
    return tracker.fault() + " closed=" + tracker.isClosed() + " passed=" + passed;
  }

  /** The same with cuts before these offsets; bytes of the broken frame may have passed. */
  static String cut(boolean masked, ReservedBits reserved, byte[] wire, int... cuts) {
    FrameTracker tracker = tracker(masked, reserved, LIMITS);
    int from = 0;
    int passed = 0;
    int[] ends = Arrays.copyOf(cuts, cuts.length + 1);
    ends[cuts.length] = wire.length;
    for (int end : ends) {
      passed += tracker.inspect(Unpooled.wrappedBuffer(wire, from, end - from));
      from = end;
    }
    return tracker.fault() + " closed=" + tracker.isClosed() + " passed=" + passed;
  }

  static int[] everywhere(byte[] wire) {
    int[] cuts = new int[Math.max(0, wire.length - 1)];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = i + 1;
    }
    return cuts;
  }

  static byte[] join(byte[]... parts) {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
