package io.expressgateway.cluster;

/**
 * How far one endpoint is through its slow start. The share grows in tenths of the full weight,
 * with a tenth as floor: ten rebuilds of the balancer instead of one per tick, and the same for
 * every algorithm. Guarded by the cluster's lock.
 */
final class Warmth {

  /** Steps of a whole slow start; a warm endpoint stands at the last. */
  static final int FULL = 10;

  private boolean available;
  private long sinceNanos;
  private int step = FULL;

  /**
   * Cold or warm.
   *
   * @param warm for an endpoint that is there from the start, when all are alike and none should be
   *     spared
   */
  Warmth(boolean warm) {
    this.available = warm;
  }

  /** Notes whether the endpoint is available; becoming so begins a slow start. */
  void observe(boolean availableNow, long nowNanos, long slowStartNanos) {
    if (availableNow && !available) {
      sinceNanos = nowNanos;
      step = 0;
    }
    available = availableNow;
    step = stepAt(nowNanos, slowStartNanos);
  }

  /** 1 to {@link #FULL}. */
  int step() {
    return step;
  }

  /** The step at this time, so that the caller sees whether anything would change. */
  int stepAt(long nowNanos, long slowStartNanos) {
    if (!available || step == FULL) {
      return FULL;
    }
    long elapsed = nowNanos - sinceNanos;
    if (elapsed >= slowStartNanos) {
      return FULL;
    }
    return Math.max(1, (int) (elapsed * (double) FULL / slowStartNanos));
  }
}
