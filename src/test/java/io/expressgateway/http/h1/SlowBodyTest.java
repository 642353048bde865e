package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** R-U-Dead-Yet: a body that pauses for ever or trickles. */
class SlowBodyTest {

  private static final String HEAD =
      "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n";

  @Test
  void answers408WhenABodyStalls() throws IOException {
    try (Stage stage =
            Stage.open(limits -> Stage.limits(limits).bodyIdleTimeout(Duration.ofMillis(300)));
        RawClient attacker = stage.client()) {
      RawClient.Response answer = attacker.send(HEAD + "x").read();
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.body()).contains("body-idle-timeout");
      assertThat(attacker.isEnded()).isTrue();
      assertThat(stage.gateway.metrics.security).containsExactly("body-idle-timeout:reject");
      stage.neighbourIsServed();
    }
  }

  @Test
  void answers408WhenABodyIsBelowTheRateFloor() throws Exception {
    try (Stage stage = Stage.open();
        RawClient attacker = stage.client()) {
      attacker.send(HEAD);
      Thread trickle =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (stage.gateway.metrics.security.isEmpty()) {
                    attacker.send("x");
                    LockSupport.parkNanos(50_000_000);
                  }
                } catch (IOException closed) {
                  // The gateway ended it.
                }
              });
      RawClient.Response answer = attacker.read();
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.body()).contains("body-too-slow");
      trickle.join();
      assertThat(stage.gateway.metrics.security).containsExactly("body-too-slow:reject");
      stage.neighbourIsServed();
    }
  }
}
