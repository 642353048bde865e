package io.expressgateway.app;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The wish that the process ends, and the second wish that it be quick. Thread-safe. */
final class StopRequest {

  private final CompletableFuture<Void> asked = new CompletableFuture<>();
  private final CompletableFuture<Void> urgent = new CompletableFuture<>();

  /** The first call asks for a drain, any further one for its early end. */
  synchronized void stop() {
    if (!asked.complete(null)) {
      urgent.complete(null);
    }
  }

  /** Waits for the first wish. */
  void await() {
    asked.join();
  }

  /** Completed by the second wish. */
  CompletableFuture<Void> urgent() {
    return urgent;
  }

  /** Waits this long, or until the second wish. */
  void pause(Duration duration) {
    try {
      urgent.get(duration.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // The usual end of a pause.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody completes it so", e);
    }
  }
}
