package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.expressgateway.http.Gateway;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
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

  /**
   * Whose window opens a little now and then. The kernel takes more only when a third of its buffer
   * is free, so most trickles are nothing at all to the gateway; {@code WriteStallTest} has the
   * others.
   */
  @Test
  void isStalledThoughItTakesALittle() throws Exception {
    RawEndpoint endpoint =
        RawEndpoint.scripted(request -> {
          request.send("HTTP/1.1 200 OK\r\nContent-Length: " + (long) PIECE * PIECES + "\r\n\r\n");
          request.send(new byte[PIECE * PIECES]);
        });
    try (Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .limits(limits -> Stage.limits(limits).writeStallTimeout(Duration.ofMillis(500)))
                .start();
        RawClient attacker = RawClient.withReceiveBuffer(gateway.port(), 4096)) {
      attacker.get("/big");
      int taken = 0;
      byte[] few = new byte[1024];
      // Ten thousand bytes a second, of sixty-four millions.
      while (gateway.metrics.security.isEmpty() && taken < 300_000) {
        taken += attacker.in().readNBytes(few, 0, few.length);
        LockSupport.parkNanos(100_000_000);
      }
      assertThat(gateway.metrics.security).containsExactly("write-stall:close");
      await().until(() -> gateway.engine().ledger().aborted() == 1);
      assertThat(gateway.metrics.contained).isEmpty();
    } finally {
      endpoint.close();
    }
  }

  /**
   * Whose last bytes still wait in the gateway when its connection counts as idle. Where that is
   * depends on the kernel's buffers, so many lengths are tried. How fast they are read says nothing
   * here, so no reader is too slow: on a busy machine the last of many in a row waits for longer
   * than a write may stall by default.
   */
  @Test
  void getsAllOfAResponseThatHasEndedForTheGateway() throws Exception {
    RawEndpoint endpoint =
        RawEndpoint.scripted(request -> {
          if (!request.target().startsWith("/big/")) {
            request.ok("");
            return;
          }
          int length = Integer.parseInt(request.target().substring(5));
          request.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
          request.send(new byte[length]);
        });
    List<RawClient> readers = new ArrayList<>();
    try (Stage stage =
            Stage.open(
                endpoint,
                limits ->
                    Stage.limits(Stage.limits(limits).keepAliveTimeout(Duration.ofSeconds(1)))
                        .writeStallTimeout(Duration.ofMinutes(10)));
        RawClient idle = new RawClient(stage.gateway.port())) {
      for (int length = 2_000_000; length < 4_200_000; length += 60_000) {
        RawClient reader = RawClient.withReceiveBuffer(stage.gateway.port(), 4096);
        readers.add(reader.get("/big/" + length));
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> stage.gateway.engine().ledger().completed() > 1);
      assertThat(idle.isEnded()).isTrue();
      try (RawClient later = new RawClient(stage.gateway.port())) {
        assertThat(later.isEnded()).isTrue();
      }
      for (RawClient reader : readers) {
        reader.socket().setReceiveBufferSize(1 << 20);
        assertThat(reader.read().status()).isEqualTo(200);
      }
      assertThat(stage.gateway.metrics.security).isEmpty();
    } finally {
      for (RawClient reader : readers) {
        reader.close();
      }
    }
  }
}
