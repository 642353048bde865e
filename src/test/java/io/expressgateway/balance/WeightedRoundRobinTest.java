package io.expressgateway.balance;

import static io.expressgateway.balance.Picks.balancer;
import static io.expressgateway.balance.Picks.counts;
import static io.expressgateway.balance.Picks.request;
import static io.expressgateway.balance.Picks.sequence;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class WeightedRoundRobinTest {

  @Test
  void spreadsTheHeaviestAsNginxDoes() {
    assertThat(sequence(balancer("weighted-round-robin", 5, 1, 1), 14))
        .isEqualTo("aabacaa" + "aabacaa");
  }

  @Test
  void isPlainRoundRobinWithEqualWeights() {
    assertThat(sequence(balancer("weighted-round-robin", 7, 7, 7), 6)).isEqualTo("abcabc");
  }

  @Test
  void givesExactlyTheWeightsInEveryPeriod() {
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 200; round++) {
      int[] weights = new int[1 + random.nextInt(8)];
      int sum = 0;
      for (int i = 0; i < weights.length; i++) {
        weights[i] = 1 + random.nextInt(40);
        sum += weights[i];
      }
      Map<String, Integer> counts = counts(balancer("weighted-round-robin", weights), sum);
      for (int i = 0; i < weights.length; i++) {
        assertThat(counts).containsEntry(String.valueOf((char) ('a' + i)), weights[i]);
      }
    }
  }

  @Test
  void keepsHugeWeightsInABoundedPeriod() {
    SmoothCycle cycle = SmoothCycle.of(new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE / 2, 1});
    assertThat(cycle.length()).isBetween(SmoothCycle.MAX_LENGTH, SmoothCycle.MAX_LENGTH + 2);
    Map<String, Integer> counts =
        counts(
            balancer("weighted-round-robin", Integer.MAX_VALUE, Integer.MAX_VALUE / 2, 1),
            cycle.length());
    assertThat(counts.get("a")).isCloseTo(counts.get("b") * 2, Percentage.withPercentage(0.1));
    assertThat(counts).containsEntry("c", 1);
  }

  @Test
  void goesThroughAllWhenTheHeaviestFillsTheNextTurns() {
    LoadBalancer<FakeTarget> balancer = balancer("weighted-round-robin", 1000, 1);
    assertThat(balancer.pick(request(0, "a")).label).isEqualTo("b");
    assertThat(balancer.pick(request(0, "b")).label).isEqualTo("a");
    assertThat(balancer.pick(request(0, "a", "b")).label).isEqualTo("a");
  }
}
