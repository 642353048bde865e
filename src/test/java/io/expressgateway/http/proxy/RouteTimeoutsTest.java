package io.expressgateway.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                    "connect-timeout",
                    1,
                    "response-timeout",
                    2L,
                    "per-try-timeout",
                    "3ms",
                    "total-timeout",
                    Duration.ofMillis(4),
                    "max-body-size",
                    5L)))
        .isEqualTo(new RouteTimeouts(1_000_000, 2_000_000, 3_000_000, 4_000_000, 5));
  }

  @ParameterizedTest
  @CsvSource({
    "250, 250_000_000",
    "' 250ms ', 250_000_000",
    "3s, 3_000_000_000",
    "2m, 120_000_000_000",
    "0, 0",
    "-1, -1",
    "-5s, -1"
  })
  void readsMillisecondsAndDurations(String text, String nanos) {
    assertThat(RouteTimeouts.of(Map.of("response-timeout", text)).responseNanos())
        .isEqualTo(Long.parseLong(nanos.replace("_", "")));
  }

  @Test
  void aNegativeDurationSwitchesOffLikeANegativeNumber() {
    assertThat(RouteTimeouts.of(Map.of("response-timeout", Duration.ofSeconds(-3))).responseNanos())
        .isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "-", "5 apples", "1.5s", "5h", "soon"})
  void refusesWhatIsNoDuration(String text) {
    assertThatThrownBy(() -> RouteTimeouts.of(Map.of("total-timeout", text)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"500, 500", "500B, 500", "10KB, 10240", "'5 mb', 5242880", "1GB, 1073741824"})
  void readsSizes(String text, long bytes) {
    assertThat(RouteTimeouts.of(Map.of("max-body-size", text)).maxBodyBytes()).isEqualTo(bytes);
  }
}
