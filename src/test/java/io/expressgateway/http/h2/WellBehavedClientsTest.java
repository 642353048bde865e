package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What good clients do within seconds stays below every threshold. */
class WellBehavedClientsTest {

  /** Firefox and nghttp: a tree of idle streams first, then weights and a change per request. */
  @Test
  void aClientThatUsesThePriorityTreeIsServed() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(12_517_377));
      for (int stream = 3; stream <= 13; stream += 2) {
        client.frame(RawHttp2.PRIORITY, 0, stream, new byte[] {0, 0, 0, 0, 16});
      }
      for (int i = 0; i < 300; i++) {
        int stream = 15 + 2 * i;
        client
            .request(stream, "GET", true)
            .frame(RawHttp2.PRIORITY, 0, stream, new byte[] {0, 0, 0, 3, 16})
            .frame(RawHttp2.PRIORITY, 0, stream, new byte[] {0, 0, 0, 5, 100})
            .frame(RawHttp2.WINDOW_UPDATE, 0, stream, RawHttp2.number(1 << 20))
            .send();
        assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(stream);
      }
      assertThat(gateway.metrics.security).isEmpty();
    }
  }

  /** Chromium: the field and, when the page changes its mind, a frame. */
  @Test
  void aClientThatUsesPriorityUpdatesIsServed() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 9, 0, 0, 0, 1});
      client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(15_663_105));
      for (int i = 0; i < 300; i++) {
        int stream = 1 + 2 * i;
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(RawHttp2.block("GET"));
        RawHttp2.literal(block, "priority", "u=2, i");
        client.frame(RawHttp2.HEADERS, 5, stream, block.toByteArray());
        client.frame(RawHttp2.PRIORITY_UPDATE, 0, 0, update(stream, "u=1")).send();
        assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(stream);
      }
      assertThat(endpoint.requests().getFirst().header("priority")).isEqualTo("u=2, i");
      assertThat(gateway.metrics.security).isEmpty();
    }
  }

  static byte[] update(int stream, String field) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.writeBytes(RawHttp2.number(stream));
    payload.writeBytes(field.getBytes(StandardCharsets.US_ASCII));
    return payload.toByteArray();
  }

  /** Go: a WINDOW_UPDATE for the stream and one for the connection per frame; gRPC: a PING too. */
  @Test
  void aLargeDownloadMayBeAcknowledgedFrameByFrame() throws Exception {
    int size = 30 << 20;
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              request.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
              byte[] piece = new byte[64 * 1024];
              for (int sent = 0; sent < size; sent += piece.length) {
                request.send(piece);
              }
            });
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().request(1, "GET", true).send();
      int received = 0;
      while (received < size) {
        int count = client.await(RawHttp2.DATA).payload().length;
        received += count;
        if (count > 0) {
          client.frame(RawHttp2.WINDOW_UPDATE, 0, 1, RawHttp2.number(count));
          client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(count));
          client.frame(RawHttp2.PING, 0, 0, new byte[8]).send();
        }
      }
      assertThat(gateway.metrics.security).isEmpty();
    }
  }

  /** A page that is left, a search that is typed on: half of the requests are taken back. */
  @Test
  void aClientThatTakesBackEverySecondRequestIsServed() throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              if (request.header("x-taken-back") == null) {
                request.ok("hello");
              }
            });
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings();
      ByteArrayOutputStream takenBack = new ByteArrayOutputStream();
      takenBack.writeBytes(RawHttp2.block("GET"));
      RawHttp2.literal(takenBack, "x-taken-back", "1");
      for (int i = 0; i < 300; i++) {
        int stream = 1 + 4 * i;
        client.request(stream, "GET", true).send();
        assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(stream);
        client.frame(RawHttp2.HEADERS, 5, stream + 2, takenBack.toByteArray());
        client.frame(RawHttp2.RST_STREAM, 0, stream + 2, RawHttp2.number(8)).send();
      }
      client.frame(RawHttp2.PING, 0, 0, new byte[8]).send();
      client.await(RawHttp2.PING);
      assertThat(gateway.metrics.security).isEmpty();
    }
  }
}
