package io.expressgateway.balance;

/** The fewest running requests for its weight. */
final class LeastRequests<T extends Target> extends LeastLoaded<T> {

  LeastRequests(Candidates<T> candidates, BalancerContext context) {
    super(candidates, context);
  }

  @Override
  int load(T target) {
    return target.active();
  }
}
