package io.expressgateway.balance;

/**
 * Draws two candidates and takes the one with the lower cost (Mitzenmacher, "The Power of Two
 * Choices in Randomized Load Balancing", 2001): nearly as even as asking everybody, at constant
 * cost, and without the herd that runs to whoever looked idle a moment ago.
 *
 * <p>With equal weights the two are different. With unequal weights they are drawn independently by
 * weight and may be the same one: were they always different, two candidates would always be
 * compared with each other and their weights would never matter. When the costs say nothing, the
 * shares are then exactly the weights'.
 */
abstract class TwoChoices<T extends Target> implements LoadBalancer<T> {

  private final Candidates<T> candidates;
  private final RandomSource random;
  private final WeightedDraw draw;
  private final double[] shares;
  private final boolean equalWeights;
  private final double tolerance;

  /**
   * Bound to its candidates.
   *
   * @param tolerance the second of the two is taken when its cost is below this share of the
   *     first's; below 1.0 where costs are measured, so that noise does not decide for good
   */
  TwoChoices(Candidates<T> candidates, BalancerContext context, double tolerance) {
    this.tolerance = tolerance;
    this.candidates = candidates;
    this.random = context.random();
    this.draw = new WeightedDraw(candidates, context.random());
    this.equalWeights = candidates.hasEqualWeights();
    this.shares = new double[candidates.size()];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (double) candidates.weight(i) * candidates.size() / candidates.totalWeight();
    }
  }

  /**
   * What sending the next request there would cost; lower is better.
   *
   * @param share the candidate's weight as a multiple of the mean
   */
  abstract double cost(T target, double share);

  @Override
  public final T pick(BalanceRequest<T> request) {
    int first = draw.next();
    int second = equalWeights ? anotherThan(first) : draw.next();
    boolean firstIsTried = request.isTried(candidates.get(first));
    boolean secondIsTried = request.isTried(candidates.get(second));
    if (firstIsTried) {
      return candidates.untriedFrom(second, request);
    }
    if (secondIsTried || first == second) {
      return candidates.get(first);
    }
    double firstCost = cost(candidates.get(first), shares[first]);
    double secondCost = cost(candidates.get(second), shares[second]);
    return candidates.get(secondCost < firstCost * tolerance ? second : first);
  }

  private int anotherThan(int index) {
    if (candidates.size() == 1) {
      return index;
    }
    int other = (int) random.below(candidates.size() - 1);
    return other >= index ? other + 1 : other;
  }
}
