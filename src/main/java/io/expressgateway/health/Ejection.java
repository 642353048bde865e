package io.expressgateway.health;

/**
 * Whether one endpoint is ejected, and until when. The n-th ejection lasts n times the base time,
 * at most {@link #MAX_NANOS} or the base if that is longer, as in Envoy; every base time spent in
 * service takes one back. Changed by one thread at a time (its cluster's lock), read by any.
 */
public final class Ejection {

  /** 300 s, Envoy's max_ejection_time. */
  public static final long MAX_NANOS = 300_000_000_000L;

  private volatile boolean ejected;
  private long untilNanos;
  private long readmittedNanos;
  private int times;

  /** Whether it is ejected. Any thread. */
  public boolean isEjected() {
    return ejected;
  }

  /**
   * Ejects it.
   *
   * @return for how many nanoseconds
   */
  public long begin(long nowNanos, long baseNanos) {
    if (times > 0 && baseNanos > 0) {
      times -= (int) Math.min(times, (nowNanos - readmittedNanos) / baseNanos);
    }
    times++;
    long longest = Math.max(MAX_NANOS, baseNanos);
    long nanos = times > longest / Math.max(1, baseNanos) ? longest : times * baseNanos;
    untilNanos = nowNanos + nanos;
    ejected = true;
    return nanos;
  }

  /** Whether it is ejected and its time is over. */
  public boolean isOver(long nowNanos) {
    return ejected && nowNanos - untilNanos >= 0;
  }

  /** Lets it back in. */
  public void end(long nowNanos) {
    ejected = false;
    readmittedNanos = nowNanos;
  }
}
