package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that open the window of one stream and not of another, or of none. */
class PausedStreamsTest {

  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  private static Gateway gateway(RawEndpoint endpoint) {
    return Gateway.builder()
        .endpoints(endpoint.port())
        .timers(Duration.ofSeconds(30), Duration.ofMillis(800), Duration.ofSeconds(30))
        .start();
  }

  /** SETTINGS_INITIAL_WINDOW_SIZE. */
  private static void window(RawHttp2 client, int bytes) {
    client.frame(
        RawHttp2.SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) 4).putInt(bytes).array());
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  /** The connection's window is the smallest there is: what waits elsewhere must not fill it. */
  @Test
  void whatWaitsForOneStreamDoesNotStopAnother() throws Exception {
    int paused = 80;
    int length = 5_000;
    CountDownLatch last = new CountDownLatch(1);
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              if (request.target().equals("/") && last.getCount() == 0) {
                // In pieces, each of which has to find room.
                request.send(CHUNKED);
                for (int sent = 0; sent < length; sent += 1000) {
                  request.send(chunk("c".repeat(1000)));
                  Thread.sleep(50);
                }
                request.send("0\r\n\r\n");
              } else {
                request.ok("b".repeat(500_000));
              }
            });
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      window(client, 10);
      for (int i = 0; i < paused; i++) {
        client.request(2 * i + 1, "GET", true);
      }
      client.send();
      for (int i = 0; i < paused; i++) {
        assertThat(client.await(RawHttp2.DATA).payload()).hasSize(10);
      }
      last.countDown();
      int stream = 2 * paused + 1;
      client.request(stream, "GET", true);
      client.frame(RawHttp2.WINDOW_UPDATE, 0, stream, RawHttp2.number(1 << 20)).send();

      int taken = 0;
      while (taken < length) {
        RawHttp2.Frame frame = client.await(RawHttp2.DATA);
        assertThat(frame.stream()).isEqualTo(stream);
        taken += frame.payload().length;
      }
      assertThat(taken).isEqualTo(length);
      assertThat(gateway.metrics.security).isEmpty();
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  /** More is there than the first piece, which may have used the window up exactly. */
  @ParameterizedTest
  @ValueSource(ints = {999, 1000})
  void aClientThatOpensNoWindowForTheRestIsStalled(int window) throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              request.send(CHUNKED + chunk("b".repeat(1000)));
              Thread.sleep(200);
              request.send(chunk("c".repeat(1000)) + "0\r\n\r\n");
            });
        Gateway gateway = gateway(endpoint);
        RawHttp2 client = new RawHttp2(gateway.port())) {
      window(client, window);
      client.request(1, "GET", true).send();

      assertThat(client.await(RawHttp2.RST_STREAM).stream()).isEqualTo(1);
      assertThat(gateway.metrics.security).containsExactly("write-stall:reset");
    }
  }

  /** The client has taken all that there was, which was just what its window let through. */
  @Test
  void aClientForWhichNothingWaitsIsNot() throws Exception {
    CountDownLatch looked = new CountDownLatch(1);
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              request.send(CHUNKED + chunk("hello"));
              looked.await();
              request.send(chunk("world") + "0\r\n\r\n");
            });
        Gateway gateway = gateway(endpoint);
        RawHttp2 client = new RawHttp2(gateway.port())) {
      window(client, 5);
      client.request(1, "GET", true).send();
      assertThat(new String(client.await(RawHttp2.DATA).payload())).isEqualTo("hello");
      Thread.sleep(2_000);
      looked.countDown();
      client.frame(RawHttp2.WINDOW_UPDATE, 0, 1, RawHttp2.number(100)).send();

      assertThat(new String(client.await(RawHttp2.DATA).payload())).isEqualTo("world");
      assertThat(gateway.metrics.security).isEmpty();
    }
  }

  /**
   * They have ended their side and take nothing of what is left for them. For some of them that is
   * more than the kernel holds and less than stops a channel.
   */
  @Test
  void clientsThatEndAndTakeNothingAreClosedOn() throws Exception {
    List<RawHttp2> clients = new ArrayList<>();
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("b".repeat(8 << 20)));
        Gateway gateway = gateway(endpoint)) {
      for (int i = 1; i <= 120; i++) {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", gateway.port()));
        RawHttp2 client = new RawHttp2(socket);
        clients.add(client);
        window(client, 50_000 * i);
        client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(1 << 30));
        client.request(1, "GET", true).send();
        client.await(RawHttp2.DATA);
      }
      // Buffers fill up within this.
      Thread.sleep(300);
      for (RawHttp2 client : clients) {
        client.socket.shutdownOutput();
      }

      Await.until("nobody is kept", gateway.engine()::isIdle);
      assertThat(gateway.metrics.contained).isEmpty();
    } finally {
      for (RawHttp2 client : clients) {
        client.close();
      }
    }
  }
}
