package io.expressgateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CoalescedTest {

  @Test
  void manyRequestsDuringARunBecomeOneFurtherRun() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    try (Coalesced<Integer> work =
        new Coalesced<>(
            "test",
            () -> {
              int run = runs.incrementAndGet();
              running.countDown();
              await(released);
              return run;
            })) {
      CompletableFuture<Integer> first = work.request();
      running.await();
      CompletableFuture<Integer> second = work.request();
      CompletableFuture<Integer> third = work.request();
      released.countDown();

      assertThat(first.get()).isEqualTo(1);
      assertThat(second.get()).isEqualTo(2);
      assertThat(third.get()).isEqualTo(2);
      assertThat(runs).hasValue(2);
    }
  }

  @Test
  void aFailureIsToldAndTheNextRequestRunsAgain() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (Coalesced<Integer> work =
        new Coalesced<>(
            "test",
            () -> {
              if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("first");
              }
              return runs.get();
            })) {
      CompletableFuture<Integer> failed = work.request();
      assertThatThrownBy(failed::get).hasRootCauseMessage("first");
      assertThat(work.request().get()).isEqualTo(2);
    }
  }

  @Test
  void nothingRunsOnceClosed() {
    Coalesced<Integer> work = new Coalesced<>("test", () -> 1);
    work.close();

    assertThat(work.request()).isCompletedExceptionally();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
