package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import java.io.EOFException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A connection that ends behind its last response ends so that the client gets all of it. */
class Http2GracefulCloseTest {

  private static final int BODY_BYTES = 3 * 1024 * 1024;

  private static HttpLimits oneRequest(HttpLimits base) {
    return new HttpLimits(
        base.headerTimeout(),
        base.bodyIdleTimeout(),
        base.minBodyRate(),
        base.writeStallTimeout(),
        base.responseTimeout(),
        base.keepAliveTimeout(),
        1,
        base.maxHeaderBytes(),
        base.maxHeaderFields(),
        base.maxBodyBytes(),
        base.maxPipelined(),
        base.underscoreHeaders());
  }

  /** With a small buffer, so that what was sent waits in the gateway's. */
  private static Socket slowReader(int port) throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(32 * 1024);
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    return socket;
  }

  @Test
  void aSlowReaderGetsTheWholeResponseThoughItSendsOn() throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              request.send("HTTP/1.1 200 OK\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n");
              request.send("b".repeat(BODY_BYTES).getBytes(StandardCharsets.US_ASCII));
            });
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .limits(Http2GracefulCloseTest::oneRequest)
                .start();
        RawHttp2 client = new RawHttp2(slowReader(gateway.port()))) {
      client.settings().request(1, "GET", true).send();
      // The response fills the first windows, and the last GOAWAY overtakes the rest of it.
      int taken = 0;
      int goAways = 0;
      while (goAways < 2) {
        RawHttp2.Frame frame = client.read();
        taken += frame.type() == RawHttp2.DATA ? frame.payload().length : 0;
        goAways += frame.type() == RawHttp2.GOAWAY ? 1 : 0;
      }
      assertThat(taken).isEqualTo(65_535);
      client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(BODY_BYTES));
      client.frame(RawHttp2.WINDOW_UPDATE, 0, 1, RawHttp2.number(BODY_BYTES)).send();
      Await.until("the response is written", () -> gateway.engine().ledger().completed() == 1);
      boolean ended = false;
      while (!ended) {
        RawHttp2.Frame frame = client.read();
        if (frame.type() == RawHttp2.DATA) {
          taken += frame.payload().length;
          ended = (frame.flags() & 1) != 0;
          client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(1)).send();
        }
      }
      assertThat(taken).isEqualTo(BODY_BYTES);
      // An end, not a reset, and without waiting for the client's.
      assertThatThrownBy(client::read).isInstanceOf(EOFException.class);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
