package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.http.fault.RawClient.Response;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** HTTP/1.1 clients in front of an HTTP/2 endpoint, on the wire. */
class Http2EndpointTest {

  static Gateway.Builder gateway(Http2Endpoint... endpoints) {
    Gateway.Builder builder = Gateway.builder().protocol(ClusterSpec.Protocol.HTTP2);
    for (Http2Endpoint endpoint : endpoints) {
      builder.endpoints(endpoint.port());
    }
    return builder;
  }

  @Test
  void requestsOfManyClientsShareOneConnection() throws Exception {
    List<Http2Endpoint.Call> waiting = new ArrayList<>();
    Http2Endpoint.Script together =
        call -> {
          waiting.add(call);
          if (waiting.size() == 10) {
            waiting.forEach(each -> each.ok(each.path()));
          }
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(together);
        Gateway gateway = gateway(endpoint).start()) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        RawClient client = new RawClient(gateway.port());
        clients.add(client);
        client.send(RawClient.head("GET", "/" + i));
      }
      for (int i = 0; i < 10; i++) {
        assertThat(clients.get(i).read(false).body()).isEqualTo("/" + i);
        clients.get(i).close();
      }
      assertThat(endpoint.connections).hasSize(1);
      assertThat(endpoint.calls).hasSize(10);
    }
  }

  @Test
  void theEndpointSeesPseudoHeadersAndTeTrailersButNothingOfTheConnection() throws Exception {
    try (Http2Endpoint endpoint = Http2Endpoint.start(call -> call.ok("x"));
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      client.request("GET", "/a?b=c", "TE: trailers", "Connection: TE, X-Own", "X-Own: 1");

      Http2Endpoint.Call call = endpoint.calls.getFirst();
      assertThat(call.head.method()).hasToString("GET");
      assertThat(call.head.scheme()).hasToString("http");
      assertThat(call.head.path()).hasToString("/a?b=c");
      assertThat(call.head.authority()).hasToString("127.0.0.1:" + endpoint.port());
      assertThat(call.head.get("te")).hasToString("trailers");
      assertThat(call.head.contains("host")).isFalse();
      assertThat(call.head.contains("connection")).isFalse();
      assertThat(call.head.contains("x-own")).isFalse();
    }
  }

  @Test
  void theFieldsOfOneRequestAreNotChangedByTheNext() throws Exception {
    try (Http2Endpoint endpoint = Http2Endpoint.start(call -> call.ok("x"));
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 20; i++) {
        client.request("GET", "/", "X-Turn: turn-" + i % 3, "X-Stays: same");
      }
      for (int i = 0; i < 20; i++) {
        assertThat(endpoint.calls.get(i).head.get("x-turn")).hasToString("turn-" + i % 3);
        assertThat(endpoint.calls.get(i).head.get("x-stays")).hasToString("same");
      }
    }
  }

  @Test
  void interimHeadsAndTrailersPass() throws Exception {
    Http2Endpoint.Script script =
        call -> {
          call.head(103, false, "link", "</style.css>");
          call.head(200, false);
          call.data("body", false);
          call.trailers("grpc-status", "0");
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(script);
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("GET", "/", "TE: trailers", "Connection: TE"));

      assertThat(client.readHead()).startsWith("HTTP/1.1 103 ").contains("</style.css>");
      assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
      StringBuilder rest = new StringBuilder();
      while (rest.indexOf("\r\n\r\n", Math.max(0, rest.indexOf("grpc-status"))) < 0) {
        rest.append((char) client.in.read());
      }
      assertThat(rest.toString()).isEqualTo("4\r\nbody\r\n0\r\ngrpc-status: 0\r\n\r\n");
    }
  }

  @Test
  void trailersOfTheRequestReachTheEndpoint() throws Exception {
    Http2Endpoint.Script script =
        call -> {
          if (call.ended) {
            call.ok("x");
          }
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(script);
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      client.send(
          RawClient.head("POST", "/", "Transfer-Encoding: chunked", "Trailer: x-sum")
              + "4\r\nbody\r\n0\r\nX-Sum: 7\r\n\r\n");

      assertThat(client.read(false).body()).isEqualTo("x");
      assertThat(endpoint.calls.getFirst().trailers.get("x-sum")).hasToString("7");
    }
  }

  @Test
  void headAndEmptyResponsesEndWithoutABody() throws Exception {
    Http2Endpoint.Script script =
        call -> {
          switch (call.path()) {
            case "/head" -> call.head(200, true, "content-length", "5");
            case "/204" -> call.head(204, true);
            case "/304" -> call.head(304, true, "content-length", "5");
            default -> call.head(200, true);
          }
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(script);
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("HEAD", "/head"));
      assertThat(client.read(true).header("content-length")).isEqualTo("5");
      assertThat(client.request("GET", "/204").status()).isEqualTo(204);
      assertThat(client.request("GET", "/304").status()).isEqualTo(304);
      assertThat(client.request("GET", "/empty").header("content-length")).isEqualTo("0");
      assertThat(endpoint.connections).hasSize(1);
      assertThat(endpoint.resets).isEmpty();
    }
  }

  @Test
  void aBigRequestBodyPassesThroughTheWindows() throws Exception {
    int size = 8 << 20;
    Http2Endpoint.Script script =
        call -> {
          if (call.ended) {
            call.ok(call.received.toString());
          }
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(script);
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("POST", "/", "Content-Length: " + size));
      client.out.write(new byte[size]);
      client.out.flush();

      assertThat(client.read(false).body()).isEqualTo("" + size);
    }
  }

  @Test
  void aSlowReaderStopsItsOwnStreamOnly() throws Exception {
    int size = 64 << 20;
    Http2Endpoint.Script script =
        call -> {
          if (call.path().equals("/big")) {
            call.head(200, false, "content-length", "" + size);
            call.data(Unpooled.wrappedBuffer(new byte[size]), true);
          } else {
            call.ok("quick");
          }
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(script);
        Gateway gateway = gateway(endpoint).start();
        RawClient slow = new RawClient(gateway.port());
        RawClient quick = new RawClient(gateway.port())) {
      slow.send(RawClient.head("GET", "/big"));
      slow.readHead();
      for (int i = 0; i < 200; i++) {
        assertThat(quick.request("GET", "/").body()).isEqualTo("quick");
      }
      long read = 0;
      byte[] piece = new byte[64 * 1024];
      while (read < size) {
        int count = slow.in.read(piece);
        assertThat(count).isPositive();
        read += count;
      }
      assertThat(read).isEqualTo(size);
      assertThat(endpoint.connections).hasSize(1);
    }
  }

  @Test
  void aClientThatGoesAwayCancelsItsStreamOnly() throws Exception {
    try (Http2Endpoint endpoint =
            Http2Endpoint.start(call -> {
              if (!call.path().equals("/gone")) {
                call.ok("x");
              }
            });
        Gateway gateway = gateway(endpoint).start();
        RawClient gone = new RawClient(gateway.port());
        RawClient stays = new RawClient(gateway.port())) {
      gone.send(RawClient.head("GET", "/gone"));
      Await.until("it runs", () -> endpoint.calls.size() == 1);
      gone.reset();
      Await.until("it is cancelled", () -> endpoint.resets.equals(List.of(8L)));
      assertThat(stays.request("GET", "/").body()).isEqualTo("x");
      assertThat(endpoint.connections).hasSize(1);
    }
  }

  @Test
  void anUpgradeIsRefused() throws Exception {
    try (Http2Endpoint endpoint = Http2Endpoint.start(call -> call.ok("x"));
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      Response answer =
          client.request(
              "GET",
              "/",
              "Connection: Upgrade",
              "Upgrade: websocket",
              "Sec-WebSocket-Version: 13",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");

      assertThat(answer.status()).isEqualTo(501);
      assertThat(gateway.metrics.failures).containsExactly("upgrade-not-supported");
      assertThat(endpoint.calls).isEmpty();
    }
  }
}
