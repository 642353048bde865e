package io.expressgateway.balance;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The target that the client's token names; for a client without one, or whose target may not be
 * used or has been tried, smooth weighted round-robin. Whoever answers the client sets the token of
 * the target that it got.
 */
final class SessionAffinity<T extends Target> implements LoadBalancer<T> {

  private final Map<String, T> byToken = new HashMap<>();
  private final LoadBalancer<T> others;

  SessionAffinity(Candidates<T> candidates, BalancerContext context) {
    this.others = new WeightedRoundRobin<>(candidates, context);
    for (int i = 0; i < candidates.size(); i++) {
      byToken.put(candidates.get(i).affinityToken(), candidates.get(i));
    }
  }

  @Override
  public T pick(BalanceRequest<T> request) {
    @Nullable String token = request.affinity();
    @Nullable T target = token == null ? null : byToken.get(token);
    return target == null || request.isTried(target) ? others.pick(request) : target;
  }
}
