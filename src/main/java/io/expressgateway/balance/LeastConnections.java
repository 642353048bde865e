package io.expressgateway.balance;

/** The fewest open connections for its weight; a pooled connection counts while it is open. */
final class LeastConnections<T extends Target> extends LeastLoaded<T> {

  LeastConnections(Candidates<T> candidates, BalancerContext context) {
    super(candidates, context);
  }

  @Override
  int load(T target) {
    return target.connections();
  }
}
