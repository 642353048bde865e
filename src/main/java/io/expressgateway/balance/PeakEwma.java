package io.expressgateway.balance;

import io.expressgateway.net.Ticker;

/**
 * Finagle's peak EWMA (Twitter, {@code com.twitter.finagle.loadbalancer.PeakEwma}): of two drawn
 * candidates the one whose latency times what is already running there is lower. The latency jumps
 * up with a slow answer at once and comes down with time only, so that a target in trouble loses
 * its traffic after one answer and gets it back carefully.
 */
final class PeakEwma<T extends Target> extends TwoChoices<T> {

  PeakEwma(Candidates<T> candidates, BalancerContext context) {
    super(candidates, context, LatencyAverage.TOLERANCE);
  }

  @Override
  double cost(T target, double share) {
    double latency = target.latency().nanos();
    int active = target.active();
    if (latency == 0 && active > 0) {
      // Nothing known yet: one request finds out, the others wait for its answer elsewhere.
      return Double.MAX_VALUE / 2 + active;
    }
    return latency * (active / share + 1);
  }

  /** Up at once, down slowly. */
  static final class Average extends LatencyAverage {
    Average(Ticker ticker) {
      super(ticker);
    }

    @Override
    double blend(double average, double sample, double weight) {
      return sample > average ? sample : average * weight + sample * (1 - weight);
    }
  }
}
