package io.expressgateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.testing.FakeTicker;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {

  private final FakeTicker ticker = new FakeTicker();

  private static int allowed(RetryBudget budget, int asked) {
    int allowed = 0;
    for (int i = 0; i < asked; i++) {
      allowed += budget.tryRetry() ? 1 : 0;
    }
    return allowed;
  }

  private static void requests(RetryBudget budget, int count) {
    for (int i = 0; i < count; i++) {
      budget.onRequest();
    }
  }

  @Test
  void aQuietClusterMayRetryThreeTimesASecond() {
    assertThat(allowed(new RetryBudget(20, ticker), 100)).isEqualTo(30);
  }

  @Test
  void retriesAreAShareOfRequests() {
    RetryBudget budget = new RetryBudget(20, ticker);
    requests(budget, 1_000);
    assertThat(allowed(budget, 1_000)).isEqualTo(230);
    requests(budget, 100);
    assertThat(allowed(budget, 1_000)).isEqualTo(20);
  }

  @Test
  void theWindowSlides() {
    RetryBudget budget = new RetryBudget(50, ticker);
    requests(budget, 1_000);
    assertThat(allowed(budget, 1_000)).isEqualTo(530);
    ticker.advance(Duration.ofSeconds(8));
    assertThat(budget.tryRetry()).isFalse();
    ticker.advance(Duration.ofSeconds(3));
    assertThat(allowed(budget, 1_000)).isEqualTo(30);
    ticker.advance(Duration.ofHours(1));
    assertThat(allowed(budget, 1_000)).isEqualTo(30);
  }

  @Test
  void shareChangesWithAReload() {
    RetryBudget budget = new RetryBudget(0, ticker);
    requests(budget, 1_000);
    assertThat(allowed(budget, 1_000)).isEqualTo(30);
    budget.percent(10);
    assertThat(allowed(budget, 1_000)).isEqualTo(100);
  }

  @Test
  void threadsTogetherNeverGetMoreThanTheBudget() throws Exception {
    RetryBudget budget = new RetryBudget(20, ticker);
    requests(budget, 10_000);
    AtomicInteger allowed = new AtomicInteger();
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        threads.submit(() -> allowed.addAndGet(allowed(budget, 5_000)));
      }
      threads.shutdown();
      assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(allowed.get()).isBetween(2_000, 2_030);
  }
}
