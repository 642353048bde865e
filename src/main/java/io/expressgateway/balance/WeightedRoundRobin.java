package io.expressgateway.balance;

import java.util.concurrent.atomic.AtomicInteger;

/** In turn, each as often as its weight says, spread out: weights 5, 1, 1 give a a b a c a a. */
final class WeightedRoundRobin<T extends Target> implements LoadBalancer<T> {

  private final Candidates<T> candidates;
  private final SmoothCycle cycle;
  private final AtomicInteger turn;

  WeightedRoundRobin(Candidates<T> candidates, BalancerContext context) {
    this.candidates = candidates;
    this.cycle = SmoothCycle.of(candidates.weights());
    this.turn = context.turn();
  }

  @Override
  public T pick(BalanceRequest<T> request) {
    int slot = Integer.remainderUnsigned(turn.getAndIncrement(), cycle.length());
    return cycle.untriedFrom(slot, candidates, request);
  }
}
