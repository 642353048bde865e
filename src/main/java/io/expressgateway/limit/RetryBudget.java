package io.expressgateway.limit;

import io.expressgateway.net.Ticker;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Allows retries as a share of the requests of the last ten seconds, plus three a second so that a
 * quiet cluster may retry at all (Finagle's RetryBudget has the window and the shape). When most
 * requests fail, retries stop adding to the load instead of multiplying it. Any thread, lock-free,
 * no allocation.
 *
 * <p>The window is ten buckets of a second, the running one included; it therefore spans nine to
 * ten seconds. Tolerated race: a request or a retry counted in the instant in which its bucket is
 * cleared for a new second may be lost, once a second at most for each thread.
 */
public final class RetryBudget {

  private static final int BUCKETS = 10;
  private static final long BUCKET_NANOS = 1_000_000_000L;
  private static final long MIN_RETRIES_PER_SECOND = 3;

  private final Ticker ticker;
  private final long originNanos;
  private final Bucket[] buckets = new Bucket[BUCKETS];
  private volatile int percent;

  /**
   * An empty window.
   *
   * @param percent of requests that may be retries; 0 leaves the three a second
   */
  public RetryBudget(int percent, Ticker ticker) {
    this.percent = percent;
    this.ticker = ticker;
    this.originNanos = ticker.nanos();
    for (int i = 0; i < BUCKETS; i++) {
      buckets[i] = new Bucket();
    }
  }

  /** Changes the share; what has been counted stays. */
  public void percent(int percent) {
    this.percent = percent;
  }

  /** A request has arrived; its retries are not requests. */
  public void onRequest() {
    long second = second();
    bucket(second).requests.increment();
  }

  /**
   * Takes one retry out of the budget if there is one. Within a second never allows more than the
   * budget; threads that ask for the last one together may all be refused.
   */
  public boolean tryRetry() {
    long second = second();
    Bucket bucket = bucket(second);
    bucket.retries.incrementAndGet();
    long requests = 0;
    long retries = 0;
    for (Bucket each : buckets) {
      if (second - each.second.get() < BUCKETS) {
        requests += each.requests.sum();
        retries += each.retries.get();
      }
    }
    if (retries <= requests * percent / 100 + MIN_RETRIES_PER_SECOND * BUCKETS) {
      return true;
    }
    bucket.retries.decrementAndGet();
    return false;
  }

  private long second() {
    return (ticker.nanos() - originNanos) / BUCKET_NANOS;
  }

  private Bucket bucket(long second) {
    Bucket bucket = buckets[(int) (second % BUCKETS)];
    long held = bucket.second.get();
    if (held != second && bucket.second.compareAndSet(held, second)) {
      bucket.requests.reset();
      bucket.retries.set(0);
    }
    return bucket;
  }

  private static final class Bucket {
    /** The second that is counted here; one long past until the first. */
    final AtomicLong second = new AtomicLong(Long.MIN_VALUE / 2);

    final LongAdder requests = new LongAdder();
    final AtomicLong retries = new AtomicLong();
  }
}
