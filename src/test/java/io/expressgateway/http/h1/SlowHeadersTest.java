package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Slowloris: a head that never ends, and connections that never begin one. */
class SlowHeadersTest {

  private static final Duration SHORT = Duration.ofMillis(300);

  @Test
  void answers408WhenAHeadDoesNotEnd() throws IOException {
    try (Stage stage = Stage.open(limits -> Stage.limits(limits).headerTimeout(SHORT));
        RawClient attacker = stage.client()) {
      attacker.send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      assertThat(attacker.read().status()).isEqualTo(408);
      assertThat(attacker.isEnded()).isTrue();
      assertThat(stage.gateway.metrics.security).containsExactly("header-timeout:reject");
      stage.neighbourIsServed();
      assertThat(stage.forwarded()).isEmpty();
    }
  }

  @Test
  void tricklingBytesDoNotBuyTime() throws Exception {
    try (Stage stage = Stage.open(limits -> Stage.limits(limits).headerTimeout(SHORT));
        RawClient attacker = stage.client()) {
      Thread trickle =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  attacker.send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
                  while (stage.gateway.metrics.security.isEmpty()) {
                    attacker.send("x");
                    java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
                  }
                } catch (IOException closed) {
                  // The gateway ended it.
                }
              });
      assertThat(attacker.read().status()).isEqualTo(408);
      trickle.join();
      stage.neighbourIsServed();
    }
  }

  @Test
  void closesAConnectionThatNeverBegins() throws IOException {
    try (Stage stage = Stage.open(limits -> Stage.limits(limits).keepAliveTimeout(SHORT));
        RawClient attacker = stage.client()) {
      assertThat(attacker.isEnded()).isTrue();
    }
  }

  @Test
  void anEmptyLineBehindARequestBeginsNoOther() throws IOException {
    try (Stage stage =
            Stage.open(limits ->
                Stage.limits(Stage.limits(limits).headerTimeout(SHORT))
                    .keepAliveTimeout(SHORT.multipliedBy(2)));
        RawClient client = stage.client()) {
      assertThat(client.get("/").send("\r\n").read().status()).isEqualTo(200);
      assertThat(client.isEnded()).isTrue();
      assertThat(stage.gateway.metrics.failures).isEmpty();
      assertThat(stage.gateway.metrics.security).isEmpty();
    }
  }

  @Test
  void anEmptyLineBuysNoIdleTime() throws IOException {
    // The usual header time-out of 10 s would end it much later.
    try (Stage stage = Stage.open(limits -> Stage.limits(limits).keepAliveTimeout(SHORT));
        RawClient client = stage.client()) {
      client.send("\r");
      client.send("\n");
      long from = System.nanoTime();
      assertThat(client.isEnded()).isTrue();
      assertThat(System.nanoTime() - from).isLessThan(Duration.ofSeconds(9).toNanos());
      assertThat(stage.gateway.metrics.failures).isEmpty();
    }
  }

  @Test
  void aHeadThatStopsBehindAnEmptyLineIsStillTimedOut() throws IOException {
    try (Stage stage = Stage.open(limits -> Stage.limits(limits).headerTimeout(SHORT));
        RawClient attacker = stage.client()) {
      attacker.send("\r\n").send("GET / HTT");
      assertThat(attacker.read().status()).isEqualTo(408);
      assertThat(attacker.isEnded()).isTrue();
    }
  }

  @Test
  void closesAnIdleConnectionAfterItsResponse() throws IOException {
    try (Stage stage = Stage.open(limits -> Stage.limits(limits).keepAliveTimeout(SHORT));
        RawClient client = stage.client()) {
      assertThat(client.get("/").read().status()).isEqualTo(200);
      assertThat(client.isEnded()).isTrue();
      assertThat(stage.gateway.metrics.security).isEmpty();
    }
  }
}
