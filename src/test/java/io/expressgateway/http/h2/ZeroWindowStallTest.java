package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A client that opens no window and yet answers PING. */
class ZeroWindowStallTest {

  @Test
  void theStreamIsResetAndItsConnectionServesOn() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(Duration.ofSeconds(30), Duration.ofMillis(400), Duration.ofSeconds(30))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      // SETTINGS_INITIAL_WINDOW_SIZE 0.
      client.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
      client.request(1, "GET", true).send();
      RawHttp2.Frame reset = client.await(RawHttp2.RST_STREAM);
      assertThat(reset.stream()).isEqualTo(1);
      assertThat(gateway.metrics.security).contains("write-stall:reset");
      client.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 1, 0});
      client.request(3, "GET", true).send();
      assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(3);
      Await.until(
          "every exchange ends",
          () ->
              gateway.engine().ledger().accepted() == 2
                  && gateway.engine().ledger().completed() + gateway.engine().ledger().aborted()
                      == 2);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  /** Its connection's window is not what the stream waits for. */
  @Test
  void theStreamIsResetThoughItsConnectionsWindowGrows() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(Duration.ofSeconds(30), Duration.ofMillis(400), Duration.ofSeconds(30))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
      client.request(1, "GET", true).send();
      client.await(RawHttp2.HEADERS);
      client.socket.setSoTimeout(100);
      RawHttp2.Frame reset = null;
      // Each turn waits for less than the stall's time; ten seconds of them are far beyond it.
      for (int turn = 0; turn < 90 && reset == null; turn++) {
        client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(1)).send();
        try {
          reset = client.await(RawHttp2.RST_STREAM);
        } catch (SocketTimeoutException none) {
          // Nothing yet: between two frames, which are each sent as a whole.
        }
      }
      assertThat(reset).isNotNull();
      assertThat(reset.stream()).isEqualTo(1);
      assertThat(gateway.metrics.security).contains("write-stall:reset");
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  /** A byte now and then is no progress: the floor of body rates holds in this direction too. */
  @Test
  void aWindowThatOpensByteByByteIsAStall() throws Exception {
    trickles("its own window", 1, 1_000);
  }

  @Test
  void aConnectionsWindowThatOpensByteByByteIsAStall() throws Exception {
    trickles("its connection's window", 0, 70_000);
  }

  /** The response is larger than what is open at first; {@code stream} gets a byte at a time. */
  private static void trickles(String claim, int stream, int length) throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("b".repeat(length)));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(Duration.ofSeconds(30), Duration.ofMillis(500), Duration.ofSeconds(30))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      int window = stream == 0 ? 1 << 20 : 0;
      ByteBuffer settings = ByteBuffer.allocate(6).putShort((short) 4).putInt(window);
      client.frame(RawHttp2.SETTINGS, 0, 0, settings.array());
      client.request(1, "GET", true).send();
      client.await(RawHttp2.HEADERS);
      client.socket.setSoTimeout(100);
      RawHttp2.Frame reset = null;
      int opened = 0;
      // Six of 500 ms would do; the floor is 32 bytes in each, and this opens a tenth of that.
      for (int turn = 0; turn < 90 && reset == null; turn++, opened++) {
        client.frame(RawHttp2.WINDOW_UPDATE, 0, stream, RawHttp2.number(1)).send();
        try {
          reset = client.await(RawHttp2.RST_STREAM);
        } catch (SocketTimeoutException none) {
          // Nothing yet: between two frames, which are each sent as a whole.
        }
      }
      assertThat(reset).as(claim + " was opened by " + opened).isNotNull();
      assertThat(reset.stream()).isEqualTo(1);
      assertThat(gateway.metrics.security).containsExactly("write-stall:reset");
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  /** What takes its time is another stream's response, of which the client takes enough. */
  @Test
  void aStreamThatWaitsForItsTurnIsNotStalled() throws Exception {
    int length = 150_000;
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("b".repeat(length)));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofSeconds(30))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      ByteBuffer settings = ByteBuffer.allocate(12).putShort((short) 4).putInt(1 << 20);
      // SETTINGS_NO_RFC7540_PRIORITIES: one response after the other.
      client.frame(RawHttp2.SETTINGS, 0, 0, settings.putShort((short) 9).putInt(1).array());
      client.request(1, "GET", true).request(3, "GET", true).send();
      int[] taken = new int[4];
      while (taken[1] + taken[3] < 2 * length) {
        RawHttp2.Frame frame = client.read();
        assertThat(frame.type()).isNotEqualTo(RawHttp2.RST_STREAM);
        if (frame.type() == RawHttp2.DATA && frame.payload().length > 0) {
          taken[frame.stream()] += frame.payload().length;
          // For three periods, stream 3 gets nothing; then there is no need to wait any longer.
          LockSupport.parkNanos(taken[1] < length ? 100_000_000 : 0);
          client
              .frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(frame.payload().length))
              .send();
        }
      }
      assertThat(taken[3]).isEqualTo(length);
      assertThat(gateway.metrics.security).isEmpty();
    }
  }
}
