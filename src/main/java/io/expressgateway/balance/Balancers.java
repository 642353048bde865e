package io.expressgateway.balance;

import io.expressgateway.net.Ticker;
import java.util.List;

/** The table of algorithms by the names that configuration uses. */
public final class Balancers {

  private static final List<String> NAMES =
      List.of(
          "round-robin",
          "weighted-round-robin",
          "random",
          "weighted-random",
          "least-connections",
          "least-requests",
          "p2c",
          "maglev",
          "ring-hash",
          "ewma",
          "peak-ewma",
          "session-affinity");

  private Balancers() {}

  /** Every name, as configuration and documentation list them. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Binds an algorithm to its candidates.
   *
   * @throws IllegalArgumentException when there is no algorithm of this name
   */
  public static <T extends Target> LoadBalancer<T> create(
      String name, Candidates<T> candidates, BalancerContext context) {
    return switch (name) {
      case "round-robin" -> RoundRobin.of(candidates, context);
      case "weighted-round-robin" -> new WeightedRoundRobin<>(candidates, context);
      case "random" -> RandomPick.of(candidates, context);
      case "weighted-random" -> new WeightedRandom<>(candidates, context);
      case "least-connections" -> new LeastConnections<>(candidates, context);
      case "least-requests" -> new LeastRequests<>(candidates, context);
      case "p2c" -> new PowerOfTwoChoices<>(candidates, context);
      case "maglev" -> new Maglev<>(candidates);
      case "ring-hash" -> new RingHash<>(candidates);
      case "ewma" -> new Ewma<>(candidates, context);
      case "peak-ewma" -> new PeakEwma<>(candidates, context);
      case "session-affinity" -> new SessionAffinity<>(candidates, context);
      default -> throw new IllegalArgumentException("'" + name + "' is not one of " + NAMES);
    };
  }

  /** The latency that targets of this algorithm have to keep; one per target. */
  public static LatencyAverage latencyFor(String name, Ticker ticker) {
    return switch (name) {
      case "ewma" -> new Ewma.Average(ticker);
      case "peak-ewma" -> new PeakEwma.Average(ticker);
      default -> LatencyAverage.NONE;
    };
  }
}
