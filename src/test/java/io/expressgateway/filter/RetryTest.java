package io.expressgateway.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetryTest {

  private static RetryPolicy policy(HttpFilter filter) {
    return FakeFilterExchange.get("/").through(filter).retryPolicy;
  }

  @Test
  void repeatsGetThreeTimesOnServerErrorsAndFailuresByDefault() {
    RetryPolicy policy = policy(Filters.of("Retry"));
    assertThat(policy.retries()).isEqualTo(3);
    assertThat(policy.methods()).containsExactly("GET");
    assertThat(policy.statuses()).contains(500, 502, 503, 511).doesNotContain(404, 599);
    assertThat(policy.onFailure()).isTrue();
    assertThat(policy.backoff(1, Duration.ZERO, 0.5)).isZero();
    assertThat(policy.jitter()).isZero();
    assertThat(policy.timeout()).isZero();
  }

  @Test
  void takesTheShortFormInOrder() {
    RetryPolicy policy = policy(Filters.of("Retry=5, 429, POST, 10ms, 1s, 3, false, 0.25, PT2S"));
    assertThat(policy)
        .usingRecursiveComparison()
        .ignoringFields("statuses")
        .isEqualTo(
            new RetryPolicy(
                5,
                Set.of("POST"),
                Set.of(),
                true,
                Duration.ofMillis(10),
                Duration.ofSeconds(1),
                3,
                false,
                0.25,
                Duration.ofSeconds(2)));
    assertThat(policy.statuses()).contains(429, 500);
  }

  @Test
  void takesListsAndNestedNames() {
    RetryPolicy policy =
        policy(
            Filters.of(
                "Retry",
                "methods[0]",
                "PUT",
                "methods[1]",
                "GET",
                "statuses",
                "BAD_GATEWAY,503",
                "series",
                "",
                "exceptions",
                "java.net.ConnectException",
                "backoff.max-backoff",
                "50"));
    assertThat(policy.methods()).containsExactlyInAnyOrder("PUT", "GET");
    assertThat(policy.statuses()).containsExactlyInAnyOrder(502, 503);
    assertThat(policy.onFailure()).isFalse();
    assertThat(policy.firstBackoff()).isEqualTo(Duration.ofMillis(5));
    assertThat(policy.maxBackoff()).isEqualTo(Duration.ofMillis(50));
  }

  @Test
  void refusesAPolicyThatRetriesNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filters.of("Retry", "series", "", "exceptions", ""))
        .withMessageContaining("may not all be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filters.of("Retry", "methods", ""))
        .withMessageContaining("at least one");
  }

  @Test
  void refusesAnExceptionThatCannotHappenHere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filters.of("Retry", "exceptions", "com.acme.Odd"))
        .withMessageContaining("java.io.IOException");
  }

  @Test
  void refusesAJitterBeyondOne() {
    for (String jitter : new String[] {"1.5", "-1", "much"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Filters.of("Retry", "jitter.randomFactor", jitter))
          .withMessageContaining("from 0 to 1");
    }
  }

  @Test
  void waitsGrowFromThePreviousUpToTheLongest() {
    RetryPolicy policy =
        new RetryPolicy(
            3, Set.of("GET"), Set.of(503), true, Duration.ofMillis(10), Duration.ofMillis(35), 2);
    assertThat(policy.backoff(1, Duration.ZERO, 0.9)).isEqualTo(Duration.ofMillis(10));
    assertThat(policy.backoff(2, Duration.ofMillis(10), 0.9)).isEqualTo(Duration.ofMillis(20));
    assertThat(policy.backoff(3, Duration.ofMillis(20), 0.9)).isEqualTo(Duration.ofMillis(35));
  }

  @Test
  void waitsGrowFromTheFirstWhenNotBasedOnThePrevious() {
    RetryPolicy policy = policy(Filters.of("Retry=3, 503, GET, 10ms, 1h, 3, false"));
    assertThat(policy.backoff(3, Duration.ofMillis(1), 0.5)).isEqualTo(Duration.ofMillis(90));
  }

  @Test
  void jitterStaysWithinTheLimits() {
    RetryPolicy policy = policy(Filters.of("Retry=3, 503, GET, 10ms, 100ms, 2, true, 0.5"));
    assertThat(policy.backoff(1, Duration.ZERO, 0)).isEqualTo(Duration.ofMillis(10));
    assertThat(policy.backoff(1, Duration.ZERO, 1)).isEqualTo(Duration.ofMillis(15));
    assertThat(policy.backoff(2, Duration.ofMillis(20), 0)).isEqualTo(Duration.ofMillis(20));
    assertThat(policy.backoff(9, Duration.ofMillis(90), 1)).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void readsEveryUnitOfTime() {
    String[] written = {"1ns", "1us", "1ms", "1s", "1m", "1h", "1d", "1"};
    long[] nanos = {
      1,
      1_000,
      1_000_000,
      1_000_000_000L,
      60_000_000_000L,
      3_600_000_000_000L,
      86_400_000_000_000L,
      1_000_000
    };
    for (int i = 0; i < written.length; i++) {
      assertThat(policy(Filters.of("Retry", "timeout", written[i])).timeout())
          .isEqualTo(Duration.ofNanos(nanos[i]));
    }
  }
}
