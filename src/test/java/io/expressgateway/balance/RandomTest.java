package io.expressgateway.balance;

import static io.expressgateway.balance.Picks.balancer;
import static io.expressgateway.balance.Picks.counts;
import static io.expressgateway.balance.Picks.request;
import static io.expressgateway.balance.Picks.targets;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.testing.FakeTicker;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class RandomTest {

  @Test
  void takesWhatTheDrawSays() {
    assertThat(scripted("random", new int[] {1, 1, 1}, 2, 0, 1)).isEqualTo("cab");
    // Tickets 0 to 2 are a's, 3 is b's, 4 and 5 are c's.
    assertThat(scripted("weighted-random", new int[] {3, 1, 2}, 0, 2, 3, 4, 5)).isEqualTo("aabcc");
  }

  private static String scripted(String name, int[] weights, long... draws) {
    int[] next = new int[1];
    BalancerContext context = new BalancerContext(new FakeTicker(), bound -> draws[next[0]++]);
    Candidates<FakeTarget> candidates = new Candidates<>(targets(weights.length), weights);
    return Picks.sequence(Balancers.create(name, candidates, context), draws.length);
  }

  @Test
  void isEvenWithoutWeights() {
    assertThat(counts(balancer("random", 1, 1, 1, 1), 40_000).values())
        .allSatisfy(n -> assertThat(n).isCloseTo(10_000, Percentage.withPercentage(5)));
  }

  @Test
  void followsUnequalWeightsOfASlowStart() {
    assertThat(counts(balancer("random", 10, 1), 11_000).get("b"))
        .isCloseTo(1_000, Percentage.withPercentage(10));
  }

  @Test
  void avoidsTheTriedOnes() {
    for (String name : List.of("random", "weighted-random")) {
      LoadBalancer<FakeTarget> balancer = balancer(name, 1, 1, 1);
      for (int i = 0; i < 100; i++) {
        assertThat(balancer.pick(request(i, "a", "c")).label).isEqualTo("b");
      }
      assertThat(balancer.pick(request(0, "a", "b", "c"))).isNotNull();
    }
  }

  @Test
  void systemSourceStaysBelowTheBound() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(RandomSource.SYSTEM.below(3)).isBetween(0L, 2L);
    }
  }
}
