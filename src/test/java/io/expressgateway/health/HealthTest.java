package io.expressgateway.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HealthTest {

  private final ActiveHealth active = new ActiveHealth();

  @Test
  void firstResultDecidesAtOnce() {
    assertThat(active.isDecided()).isFalse();
    assertThat(active.isFailing()).isFalse();
    assertThat(active.checked(false, 2, 3)).isTrue();
    assertThat(active.isFailing()).isTrue();
    assertThat(active.isDecided()).isTrue();
  }

  @Test
  void onlyEnoughResultsInARowTurnTheVerdict() {
    active.checked(true, 2, 3);
    assertThat(active.checked(false, 2, 3)).isFalse();
    assertThat(active.checked(false, 2, 3)).isFalse();
    assertThat(active.checked(true, 2, 3)).isFalse();
    assertThat(active.checked(false, 2, 3)).isFalse();
    assertThat(active.checked(false, 2, 3)).isFalse();
    assertThat(active.isFailing()).isFalse();
    assertThat(active.checked(false, 2, 3)).isTrue();
    assertThat(active.isFailing()).isTrue();
    assertThat(active.checked(true, 2, 3)).isFalse();
    assertThat(active.checked(true, 2, 3)).isTrue();
    assertThat(active.isFailing()).isFalse();
  }

  @Test
  void forgetsWhenChecksAreNoLongerConfigured() {
    active.checked(false, 2, 3);
    active.forget();
    assertThat(active.isDecided()).isFalse();
    assertThat(active.isFailing()).isFalse();
  }

  @Test
  void streakNeedsFailuresInARow() {
    FailureStreak streak = new FailureStreak();
    assertThat(streak.failed(3)).isFalse();
    assertThat(streak.failed(3)).isFalse();
    streak.succeeded();
    assertThat(streak.failed(3)).isFalse();
    assertThat(streak.failed(3)).isFalse();
    assertThat(streak.failed(3)).isTrue();
    assertThat(streak.failed(3)).isFalse();
  }

  @Test
  void aStreakIsReportedOnceHoweverManyThreadsFail() throws Exception {
    FailureStreak streak = new FailureStreak();
    AtomicInteger reported = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        threads.submit(() -> {
          go.await();
          for (int n = 0; n < 1_000; n++) {
            reported.addAndGet(streak.failed(4_000) ? 1 : 0);
          }
          return null;
        });
      }
      go.countDown();
      threads.shutdown();
      assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(reported).hasValue(1);
  }

  @Test
  void ejectionGrowsWithEachAndShrinksWithTimeInService() {
    long base = Duration.ofSeconds(30).toNanos();
    Ejection ejection = new Ejection();
    assertThat(ejection.begin(0, base)).isEqualTo(base);
    assertThat(ejection.isEjected()).isTrue();
    assertThat(ejection.isOver(base - 1)).isFalse();
    assertThat(ejection.isOver(base)).isTrue();
    ejection.end(base);
    assertThat(ejection.isOver(base)).isFalse();
    assertThat(ejection.begin(base, base)).isEqualTo(2 * base);
    ejection.end(3 * base);
    // One base time in service takes one of the two back.
    assertThat(ejection.begin(4 * base, base)).isEqualTo(2 * base);
    ejection.end(6 * base);
    assertThat(ejection.begin(100 * base, base)).isEqualTo(base);
  }

  @Test
  void ejectionTimeIsBounded() {
    long base = Duration.ofSeconds(200).toNanos();
    Ejection ejection = new Ejection();
    ejection.begin(0, base);
    ejection.end(0);
    assertThat(ejection.begin(0, base)).isEqualTo(Ejection.MAX_NANOS);
    Ejection longBase = new Ejection();
    assertThat(longBase.begin(0, 3 * base)).isEqualTo(3 * base);
  }

  @Test
  void policyBoundsThePercentageButAllowsOne() {
    assertThat(policy(10).allowsAnother(0, 2)).isTrue();
    assertThat(policy(10).allowsAnother(1, 2)).isFalse();
    assertThat(policy(50).allowsAnother(1, 4)).isTrue();
    assertThat(policy(50).allowsAnother(2, 4)).isFalse();
    assertThat(policy(0).allowsAnother(0, 10)).isFalse();
    assertThat(policy(100).allowsAnother(9, 10)).isTrue();
  }

  private static OutlierPolicy policy(int maxEjectedPercent) {
    return new OutlierPolicy(true, false, 5, 1, maxEjectedPercent);
  }

  @Test
  void aListenerMayIgnoreEverything() {
    HealthListener none = HealthListener.NONE;
    none.onEjected("c", "e", Duration.ZERO);
    none.onWouldEject("c", "e");
    none.onEjectionRefused("c", "e");
    none.onReadmitted("c", "e");
    none.onHealthy("c", "e");
    none.onUnhealthy("c", "e");
  }
}
