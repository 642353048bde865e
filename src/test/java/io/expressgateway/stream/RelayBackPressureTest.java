package io.expressgateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.fault.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What waits for a slow peer is bounded, and nothing of it is lost. */
class RelayBackPressureTest {

  private static final long TOTAL = 64L * 1024 * 1024;

  /** What both kernels' buffers, 1 MiB and one read may hold together on loopback. */
  private static final long MOST_IN_FLIGHT = 24L * 1024 * 1024;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSlowReaderStopsTheOtherSideAndGetsEverything(boolean towardsEndpoint) throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "", peer.port());
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      Socket from = towardsEndpoint ? client : endpoint;
      Socket to = towardsEndpoint ? endpoint : client;
      AtomicLong sent = new AtomicLong();
      Thread writer = Thread.ofPlatform().start(() -> pour(from, sent));
      long[] last = {-1};
      Await.until(
          "the writer is stopped",
          () -> {
            long now = sent.get();
            boolean stopped = now == last[0] && now > 0;
            last[0] = now;
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
            return stopped;
          });
      assertThat(sent.get()).isLessThan(MOST_IN_FLIGHT);

      assertThat(drain(to.getInputStream())).isEqualTo(TOTAL);
      writer.join();
      assertThat(relays.contained).isEmpty();
    }
  }

  private static void pour(Socket to, AtomicLong sent) {
    byte[] piece = new byte[64 * 1024];
    try {
      for (long left = TOTAL; left > 0; left -= piece.length) {
        stamp(piece, TOTAL - left);
        to.getOutputStream().write(piece);
        sent.addAndGet(piece.length);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void stamp(byte[] piece, long at) {
    for (int i = 0; i < piece.length; i += 4096) {
      piece[i] = (byte) ((at + i) / 4096);
    }
  }

  private static long drain(InputStream in) throws IOException {
    byte[] piece = new byte[256 * 1024];
    long at = 0;
    int count = in.read(piece);
    while (count > 0) {
      for (int i = 0; i < count; i++) {
        if ((at + i) % 4096 == 0) {
          assertThat(piece[i]).isEqualTo((byte) ((at + i) / 4096));
        }
      }
      at += count;
      count = in.read(piece);
    }
    return at;
  }

  @Test
  void bothDirectionsMoveAtOnce() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "", peer.port());
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      Thread up = Thread.ofPlatform().start(() -> pour(client, new AtomicLong()));
      Thread down = Thread.ofPlatform().start(() -> pour(endpoint, new AtomicLong()));
      AtomicLong received = new AtomicLong();
      Thread reader =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  received.set(drain(endpoint.getInputStream()));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(drain(client.getInputStream())).isEqualTo(TOTAL);
      reader.join();
      up.join();
      down.join();
      assertThat(received.get()).isEqualTo(TOTAL);
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.DONE);
    }
  }
}
