package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer that does not read while the other one sends: the other one is stopped. */
class SlowWebSocketReaderTest {

  private static final int MESSAGES = 256;
  private static final int MESSAGE_BYTES = 256 * 1024;
  private static final long BOUND = 16L << 20;

  private final AtomicLong sent = new AtomicLong();
  private final long before = memory();

  private static long memory() {
    return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }

  private void flood(Peer to, boolean masked) throws IOException {
    byte[] message = Frames.frame(0x82, masked, new byte[MESSAGE_BYTES]);
    for (int i = 0; i < MESSAGES; i++) {
      for (int at = 0; at < message.length; at += 16_384) {
        int count = Math.min(16_384, message.length - at);
        to.out.write(message, at, count);
        sent.addAndGet(count);
      }
    }
    to.out.flush();
  }

  private void awaitStandstill() throws Exception {
    long[] last = {-1, System.nanoTime()};
    Await.until(
        "nothing moves any more",
        () -> {
          if (sent.get() != last[0]) {
            last[0] = sent.get();
            last[1] = System.nanoTime();
          }
          return last[0] > 0 && System.nanoTime() - last[1] > 400_000_000L;
        });
    assertThat(sent.get()).isLessThan((long) MESSAGES * MESSAGE_BYTES / 2);
    assertThat(memory() - before).isLessThan(BOUND);
  }

  private void readAll(Peer from) throws IOException {
    for (int i = 0; i < MESSAGES; i++) {
      assertThat(from.read().payload()).hasSize(MESSAGE_BYTES);
      assertThat(memory() - before).isLessThan(BOUND);
    }
  }

  private Gateway gateway(Cell cell, WebSocketEndpoint endpoint) {
    Duration patient = Duration.ofMinutes(1);
    return cell.gateway(endpoint, limits -> limits).timers(patient, patient, patient).start();
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void aSlowClientStopsTheEndpoint(Cell cell) throws Exception {
    try (WebSocketEndpoint endpoint =
            cell.endpoint(call -> {
              Peer peer = call.accept();
              flood(peer, false);
              peer.end();
              peer.endsCleanly();
            });
        Gateway gateway = gateway(cell, endpoint);
        Peer client = cell.connect(gateway, "/")) {
      awaitStandstill();
      readAll(client);
      assertThat(client.endsCleanly()).isTrue();
      client.end();
      Await.until("completed", () -> gateway.engine().ledger().completed() == 1);
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void aSlowEndpointStopsTheClient(Cell cell) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch all = new CountDownLatch(1);
    try (WebSocketEndpoint endpoint =
            cell.endpoint(call -> {
              Peer peer = call.accept();
              go.await();
              readAll(peer);
              assertThat(peer.endsCleanly()).isTrue();
              all.countDown();
              peer.end();
            });
        Gateway gateway = gateway(cell, endpoint);
        Peer client = cell.connect(gateway, "/")) {
      Thread upload =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  flood(client, true);
                  client.end();
                } catch (IOException e) {
                  sent.set(-1);
                }
              });
      awaitStandstill();
      go.countDown();
      upload.join();
      all.await();
      assertThat(client.endsCleanly()).isTrue();
      Await.until("completed", () -> gateway.engine().ledger().completed() == 1);
    }
  }
}
