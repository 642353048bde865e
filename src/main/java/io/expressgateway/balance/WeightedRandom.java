package io.expressgateway.balance;

/** Any candidate, as likely as its share of the weights. */
final class WeightedRandom<T extends Target> implements LoadBalancer<T> {

  /** Draws made to find an untried target before going through the candidates in order. */
  private static final int MAX_DRAWS = 4;

  private final Candidates<T> candidates;
  private final WeightedDraw draw;

  WeightedRandom(Candidates<T> candidates, BalancerContext context) {
    this.candidates = candidates;
    this.draw = new WeightedDraw(candidates, context.random());
  }

  @Override
  public T pick(BalanceRequest<T> request) {
    int index = draw.next();
    for (int i = 1; i < MAX_DRAWS && request.isTried(candidates.get(index)); i++) {
      index = draw.next();
    }
    return candidates.untriedFrom(index, request);
  }
}
