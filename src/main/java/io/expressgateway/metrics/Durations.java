package io.expressgateway.metrics;

/**
 * The histogram buckets of every duration: the sum in nanoseconds, a figure per bound and one for
 * what is longer, in consecutive places of a cell. The sum lies beside the shortest buckets because
 * they are written together.
 */
final class Durations {

  private static final double[] SECONDS = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
  };
  private static final long[] NANOS = nanos();

  /** Places that a histogram takes in a cell. */
  static final int SIZE = SECONDS.length + 2;

  private Durations() {}

  private static long[] nanos() {
    long[] nanos = new long[SECONDS.length];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = Math.round(SECONDS[i] * 1e9);
    }
    return nanos;
  }

  /** Counts a duration in the histogram that begins at {@code from}. */
  static void record(long[] cell, int from, long nanos) {
    long duration = Math.max(0, nanos);
    int bucket = 0;
    // Linear: nearly every request ends in the first few.
    while (bucket < NANOS.length && duration > NANOS[bucket]) {
      bucket++;
    }
    LoopTable.add(cell, from, duration);
    LoopTable.add(cell, from + 1 + bucket, 1);
  }

  /** Upper bounds in seconds, the last one infinite. */
  static double[] bounds() {
    double[] bounds = java.util.Arrays.copyOf(SECONDS, SECONDS.length + 1);
    bounds[SECONDS.length] = Double.POSITIVE_INFINITY;
    return bounds;
  }

  /** How many fell into each bucket, not cumulated. */
  static long[] counts(long[] cell, int from) {
    return java.util.Arrays.copyOfRange(cell, from + 1, from + SIZE);
  }

  /** The sum in seconds. */
  static double sum(long[] cell, int from) {
    return cell[from] / 1e9;
  }
}
