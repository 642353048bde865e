package io.expressgateway.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.testing.FakeTicker;
import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatencyAverageTest {

  private static final Percentage ONE = Percentage.withPercentage(1);

  private final FakeTicker ticker = new FakeTicker();
  private final LatencyAverage ewma = Balancers.latencyFor("ewma", ticker);
  private final LatencyAverage peak = Balancers.latencyFor("peak-ewma", ticker);

  @Test
  void startsUnknownAndTakesTheFirstSampleWhole() {
    assertThat(ewma.nanos()).isZero();
    assertThat(peak.nanos()).isZero();
    ewma.succeeded(1_000_000);
    peak.succeeded(1_000_000);
    assertThat(ewma.nanos()).isCloseTo(1_000_000, ONE);
    assertThat(peak.nanos()).isCloseTo(1_000_000, ONE);
  }

  @Test
  void ewmaBlendsByTheTimeSinceTheLastSample() {
    ewma.succeeded(1_000_000);
    ticker.advance(Duration.ofSeconds(10));
    ewma.succeeded(3_000_000);
    double old = Math.exp(-1);
    assertThat(ewma.nanos()).isCloseTo(old * 1_000_000 + (1 - old) * 3_000_000, ONE);
  }

  @Test
  void peakJumpsUpAndComesDownSlowly() {
    peak.succeeded(1_000_000);
    peak.succeeded(80_000_000);
    assertThat(peak.nanos()).isCloseTo(80_000_000, ONE);
    ticker.advance(Duration.ofSeconds(1));
    peak.succeeded(1_000_000);
    assertThat(peak.nanos()).isBetween(70_000_000.0, 75_000_000.0);
  }

  @Test
  void readingAgesIt() {
    peak.succeeded(1_000_000);
    ticker.advance(Duration.ofSeconds(20));
    assertThat(peak.nanos()).isCloseTo(1_000_000 * Math.exp(-2), ONE);
  }

  @Test
  void failingFastMakesItWorseAndNeverBetter() {
    peak.failed(10);
    assertThat(peak.nanos()).isCloseTo(1_000_000, ONE);
    peak.succeeded(10_000_000);
    peak.failed(10);
    assertThat(peak.nanos()).isCloseTo(20_000_000, ONE);
    for (int i = 0; i < 50; i++) {
      peak.failed(10);
    }
    assertThat(peak.nanos()).isCloseTo(LatencyAverage.MAX_FAILURE_NANOS, ONE);
  }

  @Test
  void survivesItsClockGoingRound() {
    peak.succeeded(1_000_000);
    ticker.advance(Duration.ofHours(50));
    peak.succeeded(2_000_000);
    ticker.advance(Duration.ofSeconds(10));
    assertThat(peak.nanos()).isCloseTo(2_000_000 * Math.exp(-1), ONE);
  }

  @Test
  void otherAlgorithmsKeepNothing() {
    LatencyAverage none = Balancers.latencyFor("round-robin", ticker);
    none.succeeded(5);
    none.failed(5);
    assertThat(none).isSameAs(LatencyAverage.NONE);
    assertThat(none.nanos()).isZero();
  }
}
