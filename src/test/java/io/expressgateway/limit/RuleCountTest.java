package io.expressgateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.limit.RuleCount.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RuleCountTest {

  @Test
  void refusesTheOneBeyondTheThreshold() {
    RuleCount count = count(2, false);
    assertThat(count.count()).isEqualTo(Verdict.ALLOWED);
    assertThat(count.count()).isEqualTo(Verdict.ALLOWED);
    assertThat(count.count()).isEqualTo(Verdict.REFUSED);
    assertThat(count.count()).isEqualTo(Verdict.REFUSED);
  }

  @Test
  void observedTellsOncePerWindow() {
    RuleCount count = count(1, true);
    assertThat(count.count()).isEqualTo(Verdict.ALLOWED);
    assertThat(count.count()).isEqualTo(Verdict.OBSERVED);
    assertThat(count.count()).isEqualTo(Verdict.ALLOWED);
  }

  @Test
  void anotherWindowBeginsAtNothing() {
    RuleCount count = count(1, false);
    long later = System.nanoTime() + Duration.ofSeconds(11).toNanos();
    assertThat(count.judge(later)).isEqualTo(Verdict.ALLOWED);
    assertThat(count.judge(later + 1)).isEqualTo(Verdict.REFUSED);
    assertThat(count.judge(later + Duration.ofSeconds(11).toNanos())).isEqualTo(Verdict.ALLOWED);
  }

  private static RuleCount count(int threshold, boolean isObserved) {
    return new RuleCount(
        Rule.WEBSOCKET_PING_FLOOD,
        Rules.DEFAULTS.with(Rule.WEBSOCKET_PING_FLOOD, threshold, isObserved),
        System.nanoTime());
  }
}
