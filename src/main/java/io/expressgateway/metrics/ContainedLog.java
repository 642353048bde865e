package io.expressgateway.metrics;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log what was thrown and contained, with its stack: the metric has no more than its
 * type. One in a second is told and the others are counted, because a peer may be able to provoke
 * as many as it likes. Any thread.
 */
final class ContainedLog {

  private static final Logger LOG = LoggerFactory.getLogger(ContainedLog.class);
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  private final LongSupplier clock;
  private final AtomicLong dueNanos;
  private final LongAdder untold = new LongAdder();

  /** A log by {@code clock}, in nanoseconds. */
  ContainedLog(LongSupplier clock) {
    this.clock = clock;
    this.dueNanos = new AtomicLong(clock.getAsLong());
  }

  void write(Throwable cause) {
    long now = clock.getAsLong();
    long due = dueNanos.get();
    if (now - due < 0 || !dueNanos.compareAndSet(due, now + INTERVAL_NANOS)) {
      untold.increment();
      return;
    }
    LOG.error("contained; {} more since the last one told", untold.sumThenReset(), cause);
  }
}
