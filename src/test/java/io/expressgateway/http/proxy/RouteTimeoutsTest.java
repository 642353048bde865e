package io.expressgateway.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteTimeoutsTest {

  @Test
  void metadataThatSaysNothingSetsNothing() {
    assertThat(RouteTimeouts.of(Map.of())).isSameAs(RouteTimeouts.NONE);
    assertThat(RouteTimeouts.of(Map.of("owner", "team-a"))).isEqualTo(RouteTimeouts.NONE);
  }

  @Test
  void everyKeyHasItsOwnPlace() {
    assertThat(
            RouteTimeouts.of(
                Map.of(
                    "connect-timeout", 1L,
                    "response-timeout", 2L,
                    "per-try-timeout", 3L,
                    "total-timeout", 4L,
                    "tunnel-idle-timeout", 5L)))
        .isEqualTo(new RouteTimeouts(1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000, 0, 0));
    assertThat(RouteTimeouts.of(Map.of("max-body-size", 6L)))
        .isEqualTo(new RouteTimeouts(0, 0, 0, 0, 0, 6, 0));
    assertThat(RouteTimeouts.of(Map.of("grpc-max-deadline", -1L)).grpcMaxDeadlineNanos())
        .isEqualTo(-1);
  }

  @Test
  void aNegativeTimeoutSwitchesOff() {
    assertThat(RouteTimeouts.of(Map.of("response-timeout", Long.MIN_VALUE)).responseNanos())
        .isEqualTo(-1);
  }

  @Test
  void readsNothingThatConfigurationHasNotNormalised() {
    assertThatThrownBy(() -> RouteTimeouts.of(Map.of("total-timeout", "5s")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("metadata total-timeout is 5s, a java.lang.String");
  }
}
