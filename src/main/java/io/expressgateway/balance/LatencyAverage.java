package io.expressgateway.balance;

import io.expressgateway.net.Ticker;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A latency that remembers recent answers more than old ones: a sample's influence falls to 1/e
 * after {@link #MEMORY_NANOS}. Reading it ages it as well, so that a target that was slow, and is
 * therefore not asked any more, becomes attractive again with time.
 *
 * <p>Any thread, lock-free: value and time stamp are one 64-bit word, a {@code float} of
 * nanoseconds (24 bits are exact enough to compare) and a clock of 65.5 microsecond steps. That
 * clock goes round after 78 hours; a target left alone for longer is aged by the rest only, which
 * delays its next chance by some seconds.
 */
public abstract class LatencyAverage {

  /** Keeps nothing; what algorithms that do not look at latency use. */
  public static final LatencyAverage NONE = new Ignoring();

  /** Ten seconds, the decay time that Finagle's peak EWMA ships with. */
  static final long MEMORY_NANOS = 10_000_000_000L;

  /** A failure is never taken for a latency above this, so that recovery stays in sight. */
  static final long MAX_FAILURE_NANOS = 60_000_000_000L;

  /** Averages of equally fast targets differ by some percent for long; a fifth is a difference. */
  static final double TOLERANCE = 0.8;

  private static final long MIN_FAILURE_NANOS = 1_000_000;
  private static final int CLOCK_SHIFT = 16;
  private static final double MEMORY_STEPS = (double) (MEMORY_NANOS >> CLOCK_SHIFT);

  private final Ticker ticker;
  private final AtomicLong state;

  LatencyAverage(Ticker ticker) {
    this.ticker = ticker;
    this.state = new AtomicLong(pack(0, clock()));
  }

  /** The new average; {@code weight} is the influence of the old one, 0.0 to 1.0. */
  abstract double blend(double average, double sample, double weight);

  /** A try has been answered after this time. */
  public void succeeded(long latencyNanos) {
    record(latencyNanos, false);
  }

  /**
   * A try has failed after this time. Failing fast must not look attractive: the sample is at least
   * twice the average.
   */
  public void failed(long latencyNanos) {
    record(latencyNanos, true);
  }

  private void record(long latencyNanos, boolean failed) {
    int now = clock();
    long before;
    long after;
    do {
      before = state.get();
      double average = Float.intBitsToFloat((int) (before >>> 32));
      double sample = failed ? failureSample(average, latencyNanos) : latencyNanos;
      after = pack((float) blend(average, sample, weight((int) before, now)), now);
    } while (!state.compareAndSet(before, after));
  }

  private static double failureSample(double average, long latencyNanos) {
    double twice = Math.max(2 * average, MIN_FAILURE_NANOS);
    return Math.max((double) latencyNanos, Math.min(twice, MAX_FAILURE_NANOS));
  }

  /** The average in nanoseconds, aged to now; 0 when nothing is known. */
  public double nanos() {
    long held = state.get();
    float average = Float.intBitsToFloat((int) (held >>> 32));
    return average == 0 ? 0 : average * weight((int) held, clock());
  }

  private static double weight(int since, int now) {
    // The subtraction is modulo 2^32. Another thread's later stamp is "no time has passed".
    long steps = Math.max(0, now - since);
    return Math.exp(-steps / MEMORY_STEPS);
  }

  private int clock() {
    return (int) (ticker.nanos() >> CLOCK_SHIFT);
  }

  private static long pack(float average, int clock) {
    return (long) Float.floatToRawIntBits(average) << 32 | (clock & 0xffff_ffffL);
  }

  private static final class Ignoring extends LatencyAverage {
    private Ignoring() {
      super(() -> 0);
    }

    @Override
    double blend(double average, double sample, double weight) {
      return 0;
    }

    @Override
    public void succeeded(long latencyNanos) {}

    @Override
    public void failed(long latencyNanos) {}

    @Override
    public double nanos() {
      return 0;
    }
  }
}
