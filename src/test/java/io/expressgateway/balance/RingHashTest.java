package io.expressgateway.balance;

import static io.expressgateway.balance.Picks.balancer;
import static io.expressgateway.balance.Picks.counts;
import static io.expressgateway.balance.Picks.request;
import static io.expressgateway.balance.Picks.targets;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class RingHashTest {

  private static final int[] TEN = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  private static final int[] NINE = {1, 1, 1, 1, 1, 1, 1, 1, 1};

  /** 160 points each give a standard deviation of 1 / sqrt(160) = 8 %; three of them are 24 %. */
  @Test
  void spreadIsWithinThreeDeviations() {
    assertThat(counts(balancer("ring-hash", TEN), 200_000).values())
        .hasSize(10)
        .allSatisfy(n -> assertThat(n).isCloseTo(20_000, Percentage.withPercentage(24)));
  }

  @Test
  void sharesFollowTheWeights() {
    Map<String, Integer> counts = counts(balancer("ring-hash", 1, 2, 5), 200_000);
    assertThat(counts.get("a")).isCloseTo(25_000, Percentage.withPercentage(24));
    assertThat(counts.get("b")).isCloseTo(50_000, Percentage.withPercentage(24));
    assertThat(counts.get("c")).isCloseTo(125_000, Percentage.withPercentage(24));
  }

  @Test
  void losingOneOfTenMovesOnlyItsOwnRequests() {
    List<FakeTarget> ten = targets(10);
    FakeTarget lost = ten.get(4);
    List<FakeTarget> nine = new ArrayList<>(ten);
    nine.remove(lost);
    LoadBalancer<FakeTarget> before = balancer("ring-hash", ten, TEN);
    LoadBalancer<FakeTarget> after = balancer("ring-hash", nine, NINE);
    for (long hash = 0; hash < 50_000; hash++) {
      FakeTarget owner = before.pick(request(hash));
      if (owner != lost) {
        assertThat(after.pick(request(hash))).isSameAs(owner);
      }
    }
  }

  @Test
  void aChangedWeightMovesLittleMoreThanItsShare() {
    List<FakeTarget> ten = targets(10);
    int[] heavier = TEN.clone();
    heavier[3] = 2;
    LoadBalancer<FakeTarget> before = balancer("ring-hash", ten, TEN);
    LoadBalancer<FakeTarget> after = balancer("ring-hash", ten, heavier);
    int moved = 0;
    for (long hash = 0; hash < 50_000; hash++) {
      moved += before.pick(request(hash)) == after.pick(request(hash)) ? 0 : 1;
    }
    // From 1/10 to 2/11: 8.2 % have to move.
    assertThat(moved / 50_000.0).isBetween(0.05, 0.15);
  }

  @Test
  void orderInTheConfigurationDoesNotMatter() {
    List<FakeTarget> targets = targets(5);
    LoadBalancer<FakeTarget> one = balancer("ring-hash", targets, 1, 2, 3, 4, 5);
    LoadBalancer<FakeTarget> other = balancer("ring-hash", targets.reversed(), 5, 4, 3, 2, 1);
    for (long hash = 0; hash < 5_000; hash++) {
      assertThat(one.pick(request(hash))).isSameAs(other.pick(request(hash)));
    }
  }

  @Test
  void aTinyWeightStillOwnsAPoint() {
    List<FakeTarget> targets = targets(2);
    Map<String, Integer> counts = counts(balancer("ring-hash", targets, 1, 1_000_000), 200_000);
    assertThat(counts).containsKey("a");
    assertThat(counts.get("a")).isLessThan(4_000);
  }

  @Test
  void retriesGoRoundTheRing() {
    LoadBalancer<FakeTarget> balancer = balancer("ring-hash", 1, 1, 1);
    for (long hash = 0; hash < 1_000; hash++) {
      assertThat(balancer.pick(request(hash, "b")).label).isNotEqualTo("b");
      assertThat(balancer.pick(request(hash, "a", "b")).label).isEqualTo("c");
      assertThat(balancer.pick(request(hash, "a", "b", "c")))
          .isSameAs(balancer.pick(request(hash)));
    }
  }
}
