package io.expressgateway.health;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts failures in a row of one endpoint's live traffic. Any thread, lock-free. */
public final class FailureStreak {

  private final AtomicInteger length = new AtomicInteger();

  /** A try has succeeded; costs one read as long as nothing fails. */
  public void succeeded() {
    if (length.get() != 0) {
      length.set(0);
    }
  }

  /**
   * A try has failed.
   *
   * @param limit how many in a row complete a streak
   * @return whether this one completed a streak; then the next one begins at zero
   */
  public boolean failed(int limit) {
    // Several threads may pass the limit together; only the one that resets it reports the streak.
    int now = length.incrementAndGet();
    return now >= limit && length.getAndSet(0) >= limit;
  }
}
