package io.expressgateway.balance;

import static io.expressgateway.balance.Picks.balancer;
import static io.expressgateway.balance.Picks.request;
import static io.expressgateway.balance.Picks.sequence;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.testing.FakeTicker;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RoundRobinTest {

  @Test
  void takesEachInTurn() {
    assertThat(sequence(balancer("round-robin", 1, 1, 1), 7)).isEqualTo("abcabca");
  }

  @Test
  void goesOnToTheNextWhenOneIsTried() {
    LoadBalancer<FakeTarget> balancer = balancer("round-robin", 1, 1, 1);
    assertThat(balancer.pick(request(0, "a", "b")).label).isEqualTo("c");
    assertThat(balancer.pick(request(0, "a", "b", "c")).label).isEqualTo("b");
  }

  @Test
  void goesOnWhereAnotherSetOfCandidatesStood() {
    BalancerContext context =
        new BalancerContext(new FakeTicker(), RandomSource.SYSTEM, new AtomicInteger());
    Candidates<FakeTarget> two = new Candidates<>(Picks.targets(2), new int[] {1, 1});
    assertThat(sequence(Balancers.create("round-robin", two, context), 1)).isEqualTo("a");
    assertThat(sequence(Balancers.create("round-robin", two, context), 1)).isEqualTo("b");
  }

  @Test
  void survivesTheOverflowOfItsCounter() {
    BalancerContext context =
        new BalancerContext(
            new FakeTicker(), RandomSource.SYSTEM, new AtomicInteger(Integer.MAX_VALUE));
    Candidates<FakeTarget> four = new Candidates<>(Picks.targets(4), new int[] {1, 1, 1, 1});
    assertThat(sequence(Balancers.create("round-robin", four, context), 5)).isEqualTo("dabcd");
  }

  @Test
  void followsUnequalWeightsOfASlowStart() {
    assertThat(sequence(balancer("round-robin", 10, 5), 6)).isEqualTo("abaaba");
  }
}
