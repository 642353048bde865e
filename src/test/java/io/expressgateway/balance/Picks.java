package io.expressgateway.balance;

import io.expressgateway.testing.FakeTicker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Plumbing of the balancer tests: targets a, b, c..., requests, and counting what was picked. */
final class Picks {

  private Picks() {}

  static List<FakeTarget> targets(int count) {
    List<FakeTarget> targets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      targets.add(new FakeTarget(count <= 26 ? String.valueOf((char) ('a' + i)) : "target-" + i));
    }
    return targets;
  }

  static BalancerContext context(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return new BalancerContext(new FakeTicker(), random::nextLong);
  }

  /** Over targets a, b, c... with these weights. */
  static LoadBalancer<FakeTarget> balancer(String name, int... weights) {
    return balancer(name, targets(weights.length), weights);
  }

  static LoadBalancer<FakeTarget> balancer(String name, List<FakeTarget> targets, int... weights) {
    return Balancers.create(name, new Candidates<>(targets, weights), context(42));
  }

  /** The labels of the next picks, in order. */
  static String sequence(LoadBalancer<FakeTarget> balancer, int count) {
    StringBuilder labels = new StringBuilder();
    for (int i = 0; i < count; i++) {
      labels.append(balancer.pick(request(i)).label);
    }
    return labels.toString();
  }

  /** How often each label is picked by requests with hashes 0, 1, 2... */
  static Map<String, Integer> counts(LoadBalancer<FakeTarget> balancer, int count) {
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      counts.merge(balancer.pick(request(i)).label, 1, Integer::sum);
    }
    return counts;
  }

  static BalanceRequest<FakeTarget> request(long hash, String... tried) {
    return new Request(hash, null, Set.of(tried));
  }

  static BalanceRequest<FakeTarget> withToken(String token, String... tried) {
    return new Request(0, token, Set.of(tried));
  }

  private record Request(long hash, @Nullable String affinity, Set<String> tried)
      implements BalanceRequest<FakeTarget> {
    @Override
    public boolean isTried(FakeTarget target) {
      return tried.contains(target.label);
    }
  }
}
