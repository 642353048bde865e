package io.expressgateway.balance;

/** Of two drawn candidates the one with fewer running requests for its weight. */
final class PowerOfTwoChoices<T extends Target> extends TwoChoices<T> {

  PowerOfTwoChoices(Candidates<T> candidates, BalancerContext context) {
    super(candidates, context, 1.0);
  }

  @Override
  double cost(T target, double share) {
    return target.active() / share;
  }
}
