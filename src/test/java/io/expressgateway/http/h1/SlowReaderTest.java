package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A client that asks for much and reads nothing. */
class SlowReaderTest {

  private static final int PIECE = 64 * 1024;
  private static final int PIECES = 1024;

  @Test
  void stopsReadingTheEndpointThenResetsTheClient() throws IOException {
    AtomicLong taken = new AtomicLong();
    RawEndpoint endpoint =
        RawEndpoint.scripted(request -> {
          if (!request.target().equals("/big")) {
            request.ok("");
            return;
          }
          request.send("HTTP/1.1 200 OK\r\nContent-Length: " + (long) PIECE * PIECES + "\r\n\r\n");
          byte[] piece = new byte[PIECE];
          for (int i = 0; i < PIECES; i++) {
            request.send(piece);
            taken.addAndGet(PIECE);
          }
        });
    try (Stage stage =
            Stage.open(
                endpoint,
                limits -> Stage.limits(limits).writeStallTimeout(Duration.ofMillis(400)));
        RawClient attacker = RawClient.withReceiveBuffer(stage.gateway.port(), 4096)) {
      attacker.get("/big");
      stage.awaitSecurity("write-stall:close");
      // 64 MiB were on offer; what was taken fits into socket buffers and the high-water mark.
      assertThat(taken.get()).isLessThan(32L * 1024 * 1024);
      stage.neighbourIsServed();
      await().until(() -> stage.gateway.engine().ledger().aborted() == 1);
      assertThat(stage.gateway.metrics.contained).isEmpty();
    }
  }
}
