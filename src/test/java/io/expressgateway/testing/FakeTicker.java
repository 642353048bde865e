package io.expressgateway.testing;

import io.expressgateway.net.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test moves it. Starts near overflow, where bugs hide. */
public final class FakeTicker implements Ticker {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);

  @Override
  public long nanos() {
    return now.get();
  }

  public void advance(Duration by) {
    now.addAndGet(by.toNanos());
  }
}
