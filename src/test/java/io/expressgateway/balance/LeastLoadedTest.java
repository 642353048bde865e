package io.expressgateway.balance;

import static io.expressgateway.balance.Picks.balancer;
import static io.expressgateway.balance.Picks.request;
import static io.expressgateway.balance.Picks.sequence;
import static io.expressgateway.balance.Picks.targets;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LeastLoadedTest {

  @Test
  void leastRequestsTakesTheLeastBusyForItsWeight() {
    List<FakeTarget> targets = targets(3);
    targets.get(0).active = 4;
    targets.get(1).active = 3;
    targets.get(2).active = 5;
    assertThat(sequence(balancer("least-requests", targets, 1, 1, 1), 3)).isEqualTo("bbb");
    // 4 / 4 is less than 3 / 2 and 5 / 3.
    assertThat(sequence(balancer("least-requests", targets, 4, 2, 3), 3)).isEqualTo("aaa");
  }

  @Test
  void leastConnectionsLooksAtConnectionsAndNotAtRequests() {
    List<FakeTarget> targets = targets(2);
    targets.get(0).active = 9;
    targets.get(0).connections = 1;
    targets.get(1).connections = 2;
    assertThat(sequence(balancer("least-connections", targets, 1, 1), 2)).isEqualTo("aa");
    assertThat(sequence(balancer("least-requests", targets, 1, 1), 2)).isEqualTo("bb");
  }

  @Test
  void idleTargetsShareAsSmoothWeightedRoundRobin() {
    assertThat(sequence(balancer("least-requests", 5, 1, 1), 7)).isEqualTo("aabacaa");
    assertThat(sequence(balancer("least-connections", 2, 1), 6)).isEqualTo("abaaba");
  }

  @Test
  void untriedButBusyIsBetterThanTriedAndIdle() {
    List<FakeTarget> targets = targets(3);
    targets.get(1).active = 100;
    targets.get(2).active = 50;
    LoadBalancer<FakeTarget> balancer = balancer("least-requests", targets, 1, 1, 1);
    assertThat(balancer.pick(request(0, "a")).label).isEqualTo("c");
    assertThat(balancer.pick(request(0, "a", "c")).label).isEqualTo("b");
    assertThat(balancer.pick(request(0, "a", "b", "c")).label).isEqualTo("a");
  }

  @Test
  void neverTakesATargetWhileALessLoadedOneExists() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 2_000; round++) {
      List<FakeTarget> targets = targets(1 + random.nextInt(9));
      int[] weights = targets.stream().mapToInt(t -> 1 + random.nextInt(20)).toArray();
      targets.forEach(t -> t.active = random.nextInt(50));
      FakeTarget picked = balancer("least-requests", targets, weights).pick(request(round));
      double load = (double) picked.active / weights[targets.indexOf(picked)];
      for (int i = 0; i < weights.length; i++) {
        assertThat((double) targets.get(i).active / weights[i]).isGreaterThanOrEqualTo(load);
      }
    }
  }
}
