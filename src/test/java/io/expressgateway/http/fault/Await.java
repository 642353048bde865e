package io.expressgateway.http.fault;

import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition that another thread makes true. */
public final class Await {

  private static final long PATIENCE_NANOS = 15_000_000_000L;

  private Await() {}

  public static void until(String claim, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("never: " + claim);
      }
      LockSupport.parkNanos(5_000_000);
    }
  }
}
