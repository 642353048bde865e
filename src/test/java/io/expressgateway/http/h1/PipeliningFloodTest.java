package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A client that pipelines without end and never reads: its own socket is the queue. */
class PipeliningFloodTest {

  @Test
  void boundsWhatItTakesInAheadOfTheResponses() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    RawEndpoint endpoint =
        RawEndpoint.scripted(request -> {
          if (request.target().equals("/wait")) {
            release.await();
          }
          request.ok("");
        });
    try (Stage stage = Stage.open(endpoint, limits -> limits);
        RawClient attacker = stage.client()) {
      attacker.get("/wait");
      AtomicLong sent = new AtomicLong();
      Thread flood = flood(attacker, sent);
      stage.awaitSecurity("pipelining:pause");
      awaitStandstill(sent);
      assertThat(sent.get()).isLessThan(16L * 1024 * 1024);
      stage.neighbourIsServed();
      attacker.socket().close();
      flood.join();
      release.countDown();
    }
  }

  @Test
  void everyAnswerLetsInNoMoreThanItTookOut() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicLong served = new AtomicLong();
    RawEndpoint endpoint =
        RawEndpoint.scripted(request -> {
          if (request.target().equals("/") && served.incrementAndGet() == 100) {
            release.await();
          }
          request.ok("");
        });
    try (Stage stage = Stage.open(endpoint, limits -> limits);
        RawClient attacker = stage.client()) {
      AtomicLong sent = new AtomicLong();
      Thread flood = flood(attacker, sent);
      for (int i = 0; i < 99; i++) {
        assertThat(attacker.read().status()).isEqualTo(200);
      }
      awaitStandstill(sent);
      // Reading stopped, and 99 answers (3 KB of requests) did not start it again.
      assertThat(stage.gateway.metrics.security).hasSizeLessThan(150);
      assertThat(sent.get()).isLessThan(16L * 1024 * 1024);
      release.countDown();
      attacker.socket().close();
      flood.join();
    }
  }

  private static Thread flood(RawClient attacker, AtomicLong sent) {
    byte[] requests = Wire.bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000));
    return Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              attacker.send(requests);
              sent.addAndGet(requests.length);
            }
          } catch (IOException closed) {
            // The test is over.
          }
        });
  }

  /** Waits until the writer has been blocked for a while: nobody takes anything any more. */
  private static void awaitStandstill(AtomicLong sent) {
    AtomicLong last = new AtomicLong(-1);
    org.awaitility.Awaitility.await()
        .pollInterval(java.time.Duration.ofMillis(300))
        .until(() -> last.getAndSet(sent.get()) == sent.get());
  }
}
