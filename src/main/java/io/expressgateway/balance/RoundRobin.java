package io.expressgateway.balance;

import java.util.concurrent.atomic.AtomicInteger;

/** Each candidate in turn. */
final class RoundRobin<T extends Target> implements LoadBalancer<T> {

  private final Candidates<T> candidates;
  private final AtomicInteger turn;

  private RoundRobin(Candidates<T> candidates, BalancerContext context) {
    this.candidates = candidates;
    this.turn = context.turn();
  }

  /** While a slow start makes the weights unequal, the weighted twin stands in. */
  static <T extends Target> LoadBalancer<T> of(Candidates<T> candidates, BalancerContext context) {
    return candidates.hasEqualWeights()
        ? new RoundRobin<>(candidates, context)
        : new WeightedRoundRobin<>(candidates, context);
  }

  @Override
  public T pick(BalanceRequest<T> request) {
    int index = Integer.remainderUnsigned(turn.getAndIncrement(), candidates.size());
    return candidates.untriedFrom(index, request);
  }
}
