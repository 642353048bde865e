package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes, cut anywhere: one verdict, no exception, and never more passes than whole frames. */
class FrameTrackerFuzzTest {

  @FuzzTest
  void cutsDoNotChangeTheVerdict(FuzzedDataProvider data) {
    boolean masked = data.consumeBoolean();
    ReservedBits reserved = data.pickValue(ReservedBits.values());
    int cut = data.consumeInt(0, 5000);
    byte[] wire = data.consumeRemainingAsBytes();
    String whole = verdict(TrackerFixture.whole(masked, reserved, wire));
    assertThat(verdict(TrackerFixture.cut(masked, reserved, wire, Math.min(cut, wire.length))))
        .isEqualTo(whole);
    int[] everywhere = TrackerFixture.everywhere(wire);
    assertThat(verdict(TrackerFixture.cut(masked, reserved, wire, everywhere))).isEqualTo(whole);
  }

  private static String verdict(String text) {
    return text.substring(0, text.indexOf(" passed"));
  }
}
