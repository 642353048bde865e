package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** DATA frames that take longer than a body may pause, but do not pause. */
class TricklingDataTest {

  private static byte[] frame(int length, int flags, int stream) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0);
    bytes.write(length >> 8);
    bytes.write(length);
    bytes.write(RawHttp2.DATA);
    bytes.write(flags);
    bytes.writeBytes(RawHttp2.number(stream));
    for (int i = 0; i < length; i++) {
      bytes.write('a' + i % 26);
    }
    return bytes.toByteArray();
  }

  @Test
  void areABodyThatMovesOn() throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              request.body();
              request.ok("" + request.receivedBody().length);
            });
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(Duration.ofMillis(400), Duration.ofMinutes(1), Duration.ofMinutes(1))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().request(1, "POST", false).send();
      OutputStream out = client.socket.getOutputStream();
      byte[] whole = new byte[1018 + 509];
      System.arraycopy(frame(1009, 0, 1), 0, whole, 0, 1018);
      System.arraycopy(frame(500, 1, 1), 0, whole, 1018, 509);
      // Sixteen pieces, each of which ends somewhere else within a frame.
      int sent = 0;
      for (int i = 1; i <= 16; i++) {
        int to = whole.length * i / 16;
        out.write(whole, sent, to - sent);
        sent = to;
        LockSupport.parkNanos(70_000_000);
      }
      assertThat(client.await(RawHttp2.DATA).payload()).asString().isEqualTo("1509");
      byte[] body = endpoint.request().receivedBody();
      for (int i = 0; i < 1509; i++) {
        assertThat(body[i]).isEqualTo((byte) ('a' + (i < 1009 ? i : i - 1009) % 26));
      }
      assertThat(gateway.metrics.security).isEmpty();
      client.request(3, "GET", true).send();
      assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(3);
    }
  }

  @Test
  void byteByByteAreTheSameBody() throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              request.body();
              request.ok("" + request.receivedBody().length);
            });
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().request(1, "POST", false).send();
      OutputStream out = client.socket.getOutputStream();
      for (byte b : frame(100, 0, 1)) {
        out.write(b);
      }
      for (byte b : frame(50, 1, 1)) {
        out.write(b);
      }
      assertThat(client.await(RawHttp2.DATA).payload()).asString().isEqualTo("150");
    }
  }

  @Test
  void thatPauseAreRefused() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(RawEndpoint.Request::body);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(Duration.ofMillis(300), Duration.ofMinutes(1), Duration.ofMinutes(1))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().request(1, "POST", false).send();
      OutputStream out = client.socket.getOutputStream();
      byte[] whole = frame(100, 1, 1);
      out.write(whole, 0, 20);
      LockSupport.parkNanos(50_000_000);
      out.write(whole, 20, 20);
      assertThat(client.awaitFields().status()).hasToString("408");
      assertThat(gateway.metrics.security).containsExactly("body-idle-timeout:reject");
      // The rest of the frame belongs to nobody, and the connection goes on behind it.
      out.write(whole, 40, whole.length - 40);
      client.request(3, "GET", true).send();
      client.frame(RawHttp2.PING, 0, 0, new byte[8]).send();
      assertThat(client.await(RawHttp2.PING).flags()).isEqualTo(1);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
