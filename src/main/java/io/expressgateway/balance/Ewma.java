package io.expressgateway.balance;

import io.expressgateway.net.Ticker;

/**
 * Of two drawn candidates the one whose exponentially weighted moving average of latency is lower.
 * Blind to what is running now; {@link PeakEwma} is not.
 */
final class Ewma<T extends Target> extends TwoChoices<T> {

  Ewma(Candidates<T> candidates, BalancerContext context) {
    super(candidates, context, LatencyAverage.TOLERANCE);
  }

  @Override
  double cost(T target, double share) {
    double latency = target.latency().nanos();
    // Nothing known yet: one request finds out, the others wait for its answer elsewhere.
    return latency == 0 && target.active() > 0 ? Double.MAX_VALUE : latency;
  }

  /** The plain average: the first sample as it is, later ones blended in. */
  static final class Average extends LatencyAverage {
    Average(Ticker ticker) {
      super(ticker);
    }

    @Override
    double blend(double average, double sample, double weight) {
      return average == 0 ? sample : average * weight + sample * (1 - weight);
    }
  }
}
