package io.expressgateway.net;

/** A monotonic clock in nanoseconds, so that logic that waits can be tested without waiting. */
@FunctionalInterface
public interface Ticker {

  /** The JVM's own monotonic clock. */
  Ticker SYSTEM = System::nanoTime;

  /** Nanoseconds since an arbitrary origin; only differences mean something. Any thread. */
  long nanos();
}
