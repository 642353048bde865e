package io.expressgateway.balance;

import static io.expressgateway.balance.Picks.balancer;
import static io.expressgateway.balance.Picks.sequence;
import static io.expressgateway.balance.Picks.withToken;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SessionAffinityTest {

  private final LoadBalancer<FakeTarget> balancer = balancer("session-affinity", 2, 1, 1);

  @Test
  void goesBackToTheTargetThatTheTokenNames() {
    for (int i = 0; i < 5; i++) {
      assertThat(balancer.pick(withToken("token-c")).label).isEqualTo("c");
    }
  }

  @Test
  void newClientsAreSpreadByWeight() {
    assertThat(sequence(balancer, 8)).isEqualTo("abcaabca");
  }

  @Test
  void anUnknownTokenOrATriedTargetGetsAnother() {
    assertThat(balancer.pick(withToken("gone")).label).isEqualTo("a");
    assertThat(balancer.pick(withToken("token-c", "c")).label).isEqualTo("b");
  }
}
