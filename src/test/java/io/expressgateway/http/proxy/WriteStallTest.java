package io.expressgateway.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How much a client has to take while something waits for it. */
class WriteStallTest {

  private static final long SECOND = 1_000_000_000;

  private static WriteStall stall(long bytesPerSecond) {
    HttpLimits base = HttpLimits.DEFAULTS;
    return new WriteStall(
        new HttpLimits(
            base.headerTimeout(),
            base.bodyIdleTimeout(),
            bytesPerSecond,
            Duration.ofSeconds(30),
            base.responseTimeout(),
            base.keepAliveTimeout(),
            base.maxKeepAliveRequests(),
            base.maxHeaderBytes(),
            base.maxHeaderFields(),
            base.maxBodyBytes(),
            base.maxPipelined(),
            base.underscoreHeaders()));
  }

  @Test
  void wantsWhatTheRateComesToInOnePeriod() {
    WriteStall stall = stall(64);
    stall.begin(0, 5_000);
    assertThat(stall.deadline()).isEqualTo(30 * SECOND);
    assertThat(stall.isTooSlow(5_000, false)).isTrue();
    assertThat(stall.isTooSlow(6_919, false)).isTrue();
    assertThat(stall.isTooSlow(6_920, false)).isFalse();
  }

  @Test
  void wantsAsMuchInEveryPeriod() {
    WriteStall stall = stall(64);
    stall.begin(0, 0);
    stall.again(30 * SECOND, 100_000);
    assertThat(stall.deadline()).isEqualTo(60 * SECOND);
    assertThat(stall.isTooSlow(100_001, false)).isTrue();
    assertThat(stall.isTooSlow(101_920, false)).isFalse();
  }

  @Test
  void anyByteIsEnoughWithoutAFloorAndForThePatient() {
    WriteStall without = stall(0);
    without.begin(0, 10);
    assertThat(without.isTooSlow(10, false)).isTrue();
    assertThat(without.isTooSlow(11, false)).isFalse();
    WriteStall patient = stall(64);
    patient.begin(0, 10);
    assertThat(patient.isTooSlow(10, true)).isTrue();
    assertThat(patient.isTooSlow(11, true)).isFalse();
  }

  @Test
  void aWaitThatRunsDoesNotBeginAnew() {
    WriteStall stall = stall(64);
    assertThat(stall.isRunning()).isFalse();
    stall.begin(SECOND, 10);
    stall.begin(9 * SECOND, 10_000);
    assertThat(stall.deadline()).isEqualTo(31 * SECOND);
    assertThat(stall.isTooSlow(10_000, false)).isFalse();
    stall.end();
    assertThat(stall.isRunning()).isFalse();
    stall.begin(40 * SECOND, 10_000);
    assertThat(stall.deadline()).isEqualTo(70 * SECOND);
  }

  @Test
  void theLargestRateAndTheLongestPeriodAreNoOverflow() {
    WriteStall stall = stall(Long.MAX_VALUE);
    stall.begin(0, 0);
    assertThat(stall.isTooSlow(Long.MAX_VALUE - 1, false)).isTrue();
  }
}
