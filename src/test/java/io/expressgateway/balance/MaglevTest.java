package io.expressgateway.balance;

import static io.expressgateway.balance.Picks.balancer;
import static io.expressgateway.balance.Picks.counts;
import static io.expressgateway.balance.Picks.request;
import static io.expressgateway.balance.Picks.targets;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class MaglevTest {

  private static Maglev<FakeTarget> maglev(List<FakeTarget> targets, int... weights) {
    return new Maglev<>(new Candidates<>(targets, weights));
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static Map<String, Integer> slots(Maglev<FakeTarget> maglev) {
    Map<String, Integer> slots = new java.util.TreeMap<>();
    for (int slot = 0; slot < maglev.tableSize(); slot++) {
      slots.merge(maglev.slot(slot).label, 1, Integer::sum);
    }
    return slots;
  }

  @Test
  void equalTargetsOwnSlotsThatDifferByOneAtMost() {
    for (int count : new int[] {1, 2, 3, 10, 100}) {
      var slots = slots(maglev(targets(count), ones(count))).values();
      assertThat(slots).hasSize(count);
      assertThat(Collections.max(slots) - Collections.min(slots)).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void slotsFollowTheWeights() {
    Map<String, Integer> slots = slots(maglev(targets(4), 1, 2, 5, 100));
    int total = 108;
    assertThat(slots.get("a")).isCloseTo(Maglev.SMALL_TABLE / total, Percentage.withPercentage(1));
    assertThat(slots.get("b"))
        .isCloseTo(2 * Maglev.SMALL_TABLE / total, Percentage.withPercentage(1));
    assertThat(slots.get("c"))
        .isCloseTo(5 * Maglev.SMALL_TABLE / total, Percentage.withPercentage(1));
    assertThat(slots.get("d"))
        .isCloseTo(100 * Maglev.SMALL_TABLE / total, Percentage.withPercentage(1));
  }

  @Test
  void usesTheLargeTableForManyTargets() {
    assertThat(maglev(targets(655), ones(655)).tableSize()).isEqualTo(Maglev.SMALL_TABLE);
    assertThat(maglev(targets(656), ones(656)).tableSize()).isEqualTo(Maglev.LARGE_TABLE);
  }

  /** The paper's figure 12 calls what moves beyond the removed target's own share disruption. */
  @Test
  void losingOneOfTenMovesFewSlotsOfTheOthers() {
    List<FakeTarget> ten = targets(10);
    for (FakeTarget lost : ten) {
      List<FakeTarget> nine = new ArrayList<>(ten);
      nine.remove(lost);
      Maglev<FakeTarget> before = maglev(ten, ones(10));
      Maglev<FakeTarget> after = maglev(nine, ones(9));
      int moved = 0;
      for (int slot = 0; slot < before.tableSize(); slot++) {
        FakeTarget owner = before.slot(slot);
        if (owner != lost && owner != after.slot(slot)) {
          moved++;
        }
      }
      assertThat((double) moved / before.tableSize()).isLessThan(0.02);
    }
  }

  @Test
  void orderInTheConfigurationDoesNotMatter() {
    List<FakeTarget> targets = targets(7);
    List<FakeTarget> reversed = targets.reversed();
    Maglev<FakeTarget> one = maglev(targets, 1, 2, 3, 4, 5, 6, 7);
    Maglev<FakeTarget> other = maglev(reversed, 7, 6, 5, 4, 3, 2, 1);
    for (int slot = 0; slot < one.tableSize(); slot++) {
      assertThat(one.slot(slot)).isSameAs(other.slot(slot));
    }
  }

  @Test
  void sameHashAlwaysGoesToTheSameTarget() {
    LoadBalancer<FakeTarget> balancer = balancer("maglev", 1, 1, 1);
    LoadBalancer<FakeTarget> again = balancer("maglev", 1, 1, 1);
    for (long hash = -500; hash < 500; hash++) {
      assertThat(balancer.pick(request(hash)).label).isEqualTo(again.pick(request(hash)).label);
    }
  }

  @Test
  void spreadsHashesThatAreNotMixed() {
    assertThat(counts(balancer("maglev", ones(10)), 100_000).values())
        .allSatisfy(n -> assertThat(n).isCloseTo(10_000, Percentage.withPercentage(5)));
  }

  @Test
  void retriesSpreadOverTheOthers() {
    LoadBalancer<FakeTarget> balancer = balancer("maglev", ones(3));
    int[] second = new int[1];
    for (long hash = 0; hash < 3_000; hash++) {
      FakeTarget other = balancer.pick(request(hash, "a"));
      assertThat(other.label).isNotEqualTo("a");
      second[0] += other.label.equals("b") ? 1 : 0;
      assertThat(balancer.pick(request(hash, "a", "b")).label).isEqualTo("c");
    }
    assertThat(second[0]).isBetween(1_350, 1_650);
    assertThat(balancer.pick(request(1, "a", "b", "c")))
        .isEqualTo(balancer.pick(request(1, "a", "b", "c")));
  }
}
