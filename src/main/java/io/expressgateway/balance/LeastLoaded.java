package io.expressgateway.balance;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The candidate with the smallest load for its weight, found by looking at all of them. Among equal
 * ones smooth weighted round-robin has the say, as in nginx's least_conn, so that an idle cluster
 * is used in proportion to its weights too.
 *
 * <p>Loads are read one after the other while other threads change them: two threads may take the
 * same target for the smallest. The next pick sees both.
 */
abstract class LeastLoaded<T extends Target> implements LoadBalancer<T> {

  private final Candidates<T> candidates;
  private final SmoothCycle cycle;
  private final AtomicInteger turn;

  LeastLoaded(Candidates<T> candidates, BalancerContext context) {
    this.candidates = candidates;
    this.cycle = SmoothCycle.of(candidates.weights());
    this.turn = context.turn();
  }

  abstract int load(T target);

  @Override
  public final T pick(BalanceRequest<T> request) {
    int first = cycle.at(Integer.remainderUnsigned(turn.getAndIncrement(), cycle.length()));
    int best = first;
    boolean bestIsTried = request.isTried(candidates.get(first));
    long bestLoad = load(candidates.get(first));
    for (int step = 1; step < candidates.size(); step++) {
      int index = (first + step) % candidates.size();
      T target = candidates.get(index);
      boolean isTried = request.isTried(target);
      long load = load(target);
      // load / weight < bestLoad / bestWeight, without a division.
      boolean isLess = load * candidates.weight(best) < bestLoad * candidates.weight(index);
      if (isTried == bestIsTried ? isLess : bestIsTried) {
        best = index;
        bestIsTried = isTried;
        bestLoad = load;
      }
    }
    return candidates.get(best);
  }
}
