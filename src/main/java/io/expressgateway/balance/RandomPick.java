package io.expressgateway.balance;

/** Any candidate, each equally likely. */
final class RandomPick<T extends Target> implements LoadBalancer<T> {

  private final Candidates<T> candidates;
  private final RandomSource random;

  private RandomPick(Candidates<T> candidates, BalancerContext context) {
    this.candidates = candidates;
    this.random = context.random();
  }

  /** While a slow start makes the weights unequal, the weighted twin stands in. */
  static <T extends Target> LoadBalancer<T> of(Candidates<T> candidates, BalancerContext context) {
    return candidates.hasEqualWeights()
        ? new RandomPick<>(candidates, context)
        : new WeightedRandom<>(candidates, context);
  }

  @Override
  public T pick(BalanceRequest<T> request) {
    return candidates.untriedFrom((int) random.below(candidates.size()), request);
  }
}
