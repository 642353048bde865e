package io.expressgateway.balance;

import static io.expressgateway.balance.Picks.balancer;
import static io.expressgateway.balance.Picks.request;
import static io.expressgateway.balance.Picks.targets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BalancersTest {

  static java.util.List<String> names() {
    return Balancers.names();
  }

  @Test
  void namesAreTheTwelve() {
    assertThat(Balancers.names())
        .containsExactly(
            "round-robin",
            "weighted-round-robin",
            "random",
            "weighted-random",
            "least-connections",
            "least-requests",
            "p2c",
            "maglev",
            "ring-hash",
            "ewma",
            "peak-ewma",
            "session-affinity");
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyAlgorithmReachesEveryTargetAndAvoidsTriedOnes(String name) {
    LoadBalancer<FakeTarget> balancer = balancer(name, 1, 1, 1, 1);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      seen.add(balancer.pick(request(i)).label);
    }
    for (int i = 0; i < 200; i++) {
      assertThat(balancer.pick(request(i, "a", "b", "d")).label).isEqualTo("c");
    }
    assertThat(seen).containsExactlyInAnyOrder("a", "b", "c", "d");
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyAlgorithmSharesByWeight(String name) {
    var counts = Picks.counts(balancer(name, 1, 3), 40_000);
    // Ring hash has a deviation of 8 %; the others are far closer.
    assertThat(counts.get("a")).isBetween(7_600, 12_400);
  }

  @Test
  void refusesAnUnknownName() {
    assertThatThrownBy(() -> balancer("fastest", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'fastest' is not one of [round-robin");
  }

  @Test
  void candidatesRefuseWhatCannotBePicked() {
    assertThatThrownBy(() -> new Candidates<>(targets(0), new int[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Candidates<>(targets(2), new int[] {1}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Candidates<>(targets(1), new int[] {0}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void hashIsTheSameInEveryRelease() {
    assertThat(Hash64.of("127.0.0.1:9001")).isEqualTo(0x33ac4f5af5b06ee4L);
    assertThat(Hash64.of("a", 1)).isNotEqualTo(Hash64.of("a", 2));
    assertThat(Hash64.mix(0)).isZero();
    // Reference value of MurmurHash3's fmix64.
    assertThat(Hash64.mix(1)).isEqualTo(0xb456bcfc34c2cb2cL);
  }
}
