package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.tls.Link;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Server-sent events: the client has each before the endpoint sends the next. */
class ServerSentEventsTest {

  private static final int EVENTS = 20;

  private final Semaphore seen = new Semaphore(1);

  private static String event(int number) {
    return "data: " + number + "\n\n";
  }

  private interface Sink {
    void send(String text) throws Exception;
  }

  private void events(Sink sink) throws Exception {
    for (int i = 0; i < EVENTS; i++) {
      seen.acquire();
      sink.send(event(i));
    }
  }

  private void serveHttp1(Cell cell, ServerSocket server) {
    try (Link link = cell.accepted(server.accept())) {
      WebSocketEndpoint.readHead(link.stream().getInputStream());
      OutputStream out = link.stream().getOutputStream();
      out.write(
          ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                  + "Transfer-Encoding: chunked\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      events(text -> {
        String chunk = Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
        out.write(chunk.getBytes(StandardCharsets.US_ASCII));
      });
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void serveHttp2(Cell cell, ServerSocket server) {
    try {
      CountDownLatch settled = new CountDownLatch(1);
      Http2Wire wire =
          Http2Wire.server(
              cell.accepted(server.accept()),
              stream -> {
                stream.awaitHead();
                // RFC 9113 section 3.4: no frame of ours before our SETTINGS.
                settled.await();
                stream.sendHead(
                    Http2Wire.head(":status", "200", "content-type", "text/event-stream"), false);
                events(text -> {
                  byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
                  stream.send(bytes, 0, bytes.length);
                });
                stream.end();
              });
      wire.sendSettings(false);
      settled.countDown();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void reachTheClientOneByOne(Cell cell) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Gateway gateway = cell.gateway(server.getLocalPort(), limits -> limits).start();
        Link link = cell.link(gateway)) {
      Thread.ofVirtual()
          .start(() -> {
            if (cell.http2Back) {
              serveHttp2(cell, server);
            } else {
              serveHttp1(cell, server);
            }
          });
      InputStream body = cell.http2Front ? overHttp2(link) : overHttp1(link);
      for (int i = 0; i < EVENTS; i++) {
        String event = event(i);
        String expected = cell.http2Front ? event : chunk(event);
        assertThat(new String(body.readNBytes(expected.length()), StandardCharsets.US_ASCII))
            .isEqualTo(expected);
        seen.release();
      }
    }
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  private static InputStream overHttp1(Link link) throws Exception {
    Peer.over(link, "", 0).send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
    assertThat(WebSocketEndpoint.readHead(link.stream().getInputStream()))
        .startsWith("HTTP/1.1 200 ")
        .contains("text/event-stream");
    return link.stream().getInputStream();
  }

  private static InputStream overHttp2(Link link) throws Exception {
    Http2Wire.Stream stream =
        Http2Wire.client(link)
            .open(
                Http2Wire.head(
                    ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "test"),
                true);
    assertThat(stream.awaitHead().status()).hasToString("200");
    return stream.input;
  }
}
