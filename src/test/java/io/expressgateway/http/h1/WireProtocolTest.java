package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients of HTTP/1.0 and HTTP/1.1 see and what endpoints get, byte for byte. */
class WireProtocolTest {

  @Test
  void keepsAnHttp11ConnectionOpen() throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      for (int i = 0; i < 20; i++) {
        RawClient.Response got = client.get("/" + i).read();
        assertThat(got.body()).isEqualTo("/" + i);
        assertThat(got.header("Connection")).isNull();
      }
    }
  }

  @Test
  void closesWhenTheClientSaysSo() throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n");
      assertThat(client.read().header("Connection")).isEqualTo("close");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void closesAnHttp10ConnectionUnlessItAsksToStay() throws IOException {
    try (Stage stage = Stage.open();
        RawClient plain = stage.client();
        RawClient keeping = stage.client()) {
      assertThat(plain.send("GET / HTTP/1.0\r\n\r\n").read().header("Connection"))
          .isEqualTo("close");
      assertThat(plain.isEnded()).isTrue();
      for (int i = 0; i < 3; i++) {
        keeping.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assertThat(keeping.read().header("Connection")).isEqualTo("keep-alive");
      }
      assertThat(stage.forwarded()).allMatch(request -> request.head().contains(" HTTP/1.1\r\n"));
    }
  }

  @Test
  void sendsHttp10ABodyWithoutChunksUntilClose() throws IOException {
    RawEndpoint endpoint =
        RawEndpoint.answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    try (Stage stage = Stage.open(endpoint, limits -> limits);
        RawClient client = stage.client()) {
      client.send("GET / HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n");
      RawClient.Response got = client.read();
      assertThat(got.header("Transfer-Encoding")).isNull();
      assertThat(got.header("Connection")).isEqualTo("close");
      assertThat(got.body()).isEqualTo("hello");
    }
  }

  @Test
  void endsAConnectionAfterItsShareOfRequests() throws IOException {
    try (Stage stage =
            Stage.open(limits -> Stage.limits(limits).sizes(3, 65_536, 256, 1 << 20, 16));
        RawClient client = stage.client()) {
      assertThat(client.get("/1").read().header("Connection")).isNull();
      assertThat(client.get("/2").read().header("Connection")).isNull();
      assertThat(client.get("/3").read().header("Connection")).isEqualTo("close");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 50, 500})
  void answersPipelinedRequestsInOrder(int count) throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < count; i++) {
        all.append("GET /").append(i).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
      }
      client.send(all.toString());
      for (int i = 0; i < count; i++) {
        assertThat(client.read().body()).isEqualTo("/" + i);
      }
    }
  }

  @Test
  void answersPipelinedRequestsWithBodiesSplitAnywhere() throws IOException {
    String wire =
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
            + "POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3;x=y\r\nabc\r\n0\r\nX-T: u\r\n\r\n"
            + "GET /c HTTP/1.1\r\nHost: x\r\n\r\n";
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      for (int split = 1; split < wire.length(); split++) {
        client.send(wire.substring(0, split));
        client.send(wire.substring(split));
        assertThat(client.read().body()).isEqualTo("/a");
        assertThat(client.read().body()).isEqualTo("/b");
        assertThat(client.read().body()).isEqualTo("/c");
      }
      for (char c : wire.toCharArray()) {
        client.send(String.valueOf(c));
      }
      assertThat(client.read().body()).isEqualTo("/a");
      assertThat(client.read().body()).isEqualTo("/b");
      assertThat(client.read().body()).isEqualTo("/c");
      assertThat(stage.forwarded())
          .filteredOn(request -> request.head().startsWith("POST"))
          .allMatch(request -> new String(request.receivedBody()).equals("abc"));
    }
  }

  @Test
  void answersHeadWithTheLengthAndNoBody() throws IOException {
    RawEndpoint endpoint = RawEndpoint.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    try (Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 3; i++) {
        client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
        RawClient.Response got = client.read(true);
        assertThat(got.header("Content-Length")).isEqualTo("5");
        assertThat(got.header("Transfer-Encoding")).isNull();
      }
      assertThat(endpoint.connections()).isEqualTo(1);
    } finally {
      endpoint.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"204 No Content\r\n", "304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 9\r\n"})
  void passesResponsesThatHaveNoBody(String head) throws IOException {
    RawEndpoint endpoint = RawEndpoint.answering("HTTP/1.1 " + head + "\r\n");
    try (Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 3; i++) {
        RawClient.Response got = client.get("/").read();
        assertThat(got.head()).startsWith("HTTP/1.1 " + head);
        assertThat(got.header("Transfer-Encoding")).isNull();
      }
      assertThat(endpoint.connections()).isEqualTo(1);
    } finally {
      endpoint.close();
    }
  }

  @Test
  void passesChunksAndTrailersBothWays() throws IOException {
    RawEndpoint endpoint =
        RawEndpoint.scripted(request -> {
          byte[] body = request.body();
          request.send(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\n");
          request.send(body);
          request.send("\r\n0\r\nX-Sum: " + request.trailers().strip() + "\r\n\r\n");
        });
    try (Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 3; i++) {
        client.send(
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: A\r\n"
                + "TE: trailers\r\nConnection: TE\r\n\r\n"
                + "2\r\nhe\r\n3;ext=1\r\nllo\r\n0\r\nA: b\r\n\r\n");
        RawClient.Response got = client.read();
        assertThat(got.body()).isEqualTo("hello");
        assertThat(got.header("Trailer")).isEqualTo("X-Sum");
        assertThat(got.trailers()).isEqualTo("X-Sum: A: b\r\n");
        assertThat(endpoint.requests().get(i).header("Trailer")).isEqualTo("A");
      }
    } finally {
      endpoint.close();
    }
  }

  @Test
  void forwardsAnExpectationAndPassesInterimResponses() throws IOException {
    RawEndpoint endpoint =
        RawEndpoint.scripted(request -> {
          request.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n");
          request.send("HTTP/1.1 100 Continue\r\n\r\n");
          request.ok(new String(request.body()));
        });
    try (Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send(
          "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      assertThat(client.readHead())
          .isEqualTo("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n");
      assertThat(client.readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(client.send("hello").read().body()).isEqualTo("hello");
      assertThat(endpoint.request().header("Expect")).isEqualTo("100-continue");
    } finally {
      endpoint.close();
    }
  }

  @Test
  void sendsNoInterimResponseToHttp10() throws IOException {
    RawEndpoint endpoint =
        RawEndpoint.answering(
            "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    try (Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.send("GET / HTTP/1.0\r\nHost: x\r\n\r\n").read().status()).isEqualTo(200);
    } finally {
      endpoint.close();
    }
  }

  @Test
  void refusesOtherExpectations() throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused(
          "GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417, "expectation-failed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://X:81/a?b=c", "HTTP://x:81/a?b=c"})
  void forwardsTheAbsoluteFormAsOriginForm(String target) throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send("GET " + target + " HTTP/1.1\r\nHost: x:81\r\n\r\n");
      assertThat(client.read().body()).isEqualTo("/a?b=c");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://x", "http://x?q", "http://x/"})
  void givesAnAbsoluteFormWithoutPathASlash(String target) throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.read().body()).startsWith("/");
    }
  }

  @Test
  void forwardsOptionsOfTheServerItself() throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.read().body()).isEqualTo("*");
    }
  }

  @Test
  void skipsOneEmptyLineBeforeARequest() throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send("\r\n").get("/a");
      assertThat(client.read().body()).isEqualTo("/a");
    }
  }

  @Test
  void answersAHalfClosedClient() throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").halfClose();
      assertThat(client.read().body()).isEqualTo("/a");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void answersAllThatAHalfClosedClientPipelined() throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send(
          "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      client.halfClose();
      assertThat(client.read().body()).isEqualTo("/a");
      assertThat(client.read().body()).isEqualTo("/b");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void aHalfCloseBehindAResponseDoesNotCutIt() throws IOException {
    RawEndpoint endpoint =
        RawEndpoint.scripted(request -> {
          int length = Integer.parseInt(request.target().substring(1));
          request.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
          request.send(new byte[length]);
        });
    try (Gateway gateway = Gateway.to(endpoint.port())) {
      // Somewhere on the way the response fits the sockets' buffers and the gateway's only
      // together.
      long completed = 0;
      for (int length = 128 * 1024; length < 6 << 20; length += 160 * 1024) {
        long done = ++completed;
        try (RawClient client = RawClient.withReceiveBuffer(gateway.port(), 4096)) {
          client.get("/" + length);
          try {
            org.awaitility.Awaitility.await()
                .atMost(java.time.Duration.ofMillis(400))
                .until(() -> gateway.engine().ledger().completed() == done);
          } catch (org.awaitility.core.ConditionTimeoutException tooLarge) {
            return;
          }
          client.halfClose();
          assertThat(client.read().bytes()).hasSize(length);
        }
      }
    } finally {
      endpoint.close();
    }
  }

  @Test
  void forwardsUntouchedFieldsAsTheyCame() throws IOException {
    String fields =
        "x-lower: a\r\nX-UPPER:no-space\r\nX-Wide: \t  b  c \t\r\nX-Empty:\r\n"
            + "Accept: */*\r\nX-Latin: \u00e4\u00ff\r\nX-Tab: a\tb\r\nx-lower: again\r\n"
            + "Cookie: a=b; c=d\r\n";
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send("GET /%7Ea//b/../c?x=%20&y HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(stage.forwarded().getFirst().head())
          .startsWith("GET /%7Ea//b/../c?x=%20&y HTTP/1.1\r\nHost: ")
          .contains("\r\n" + fields);
    }
  }

  @Test
  void passesUntouchedResponseFieldsAndReasonAsTheyCame() throws IOException {
    String fields = "x-a: b\r\nSERVER:mine\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n";
    RawEndpoint endpoint =
        RawEndpoint.answering("HTTP/1.1 299 Fine By Me\r\n" + fields + "Content-Length: 0\r\n\r\n");
    try (Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.get("/").read().head()).startsWith("HTTP/1.1 299 Fine By Me\r\n" + fields);
    } finally {
      endpoint.close();
    }
  }

  @Test
  void addsADateOnlyWhereThereIsNone() throws IOException {
    String dated = "Date: Tue, 15 Nov 1994 08:12:31 GMT";
    RawEndpoint endpoint =
        RawEndpoint.scripted(request ->
            request.send(
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                    + (request.target().equals("/dated") ? dated + "\r\n" : "")
                    + "\r\n"));
    try (Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.get("/dated").read().all("Date")).containsExactly(dated.substring(6));
      assertThat(client.get("/").read().all("Date"))
          .singleElement()
          .asString()
          .matches("\\w{3}, \\d{2} \\w{3} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT");
    } finally {
      endpoint.close();
    }
  }

  @Test
  void keepsHopByHopFieldsToTheirConnection() throws IOException {
    RawEndpoint endpoint =
        RawEndpoint.answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: X-Mine, keep-alive\r\n"
                + "Keep-Alive: timeout=5\r\nX-Mine: 1\r\nProxy-Connection: a\r\nX-Kept: 2\r\n\r\n");
    try (Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send(
          "GET / HTTP/1.1\r\nHost: x\r\nConnection: X-One, keep-alive\r\nX-One: 1\r\n"
              + "Connection: x-two , , X-Three,Content-Length,Host,Via\r\nX-Two: 2\r\nX-three: 3\r\n"
              + "Keep-Alive: 5\r\nProxy-Connection: keep-alive\r\nTE: trailers, gzip\r\n"
              + "X-Kept: 4\r\nVia: 1.0 before\r\n\r\n");
      RawClient.Response got = client.read();
      assertThat(endpoint.request().head())
          .contains("X-Kept: 4\r\n", "TE: trailers\r\n", "Host: ")
          .doesNotContainIgnoringCase("x-one")
          .doesNotContainIgnoringCase("x-two")
          .doesNotContainIgnoringCase("x-three")
          .doesNotContain("Keep-Alive", "Proxy-Connection", "gzip", "Connection:");
      assertThat(endpoint.request().all("Via")).containsExactly("1.0 before", "1.1 expressgateway");
      assertThat(got.head())
          .contains("X-Kept: 2\r\n")
          .doesNotContain("X-Mine", "Keep-Alive", "Proxy-Connection", "Connection");
    } finally {
      endpoint.close();
    }
  }

  @Test
  void streamsARequestBodyBeforeItHasEnded() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    RawEndpoint endpoint =
        RawEndpoint.scripted(request -> {
          byte[] begin = request.in().readNBytes(5);
          first.countDown();
          request.ok(new String(begin) + new String(request.in().readNBytes(5)));
        });
    try (Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello");
      assertThat(first.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      assertThat(client.send("world").read().body()).isEqualTo("helloworld");
    } finally {
      endpoint.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void carriesEightMegabytesBothWaysUnchanged(boolean chunked) throws Exception {
    byte[] body = new byte[8 << 20];
    new Random(7).nextBytes(body);
    RawEndpoint endpoint =
        RawEndpoint.scripted(request -> {
          byte[] got = request.body();
          request.send(
              chunked
                  ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                      + Integer.toHexString(got.length)
                      + "\r\n"
                  : "HTTP/1.1 200 OK\r\nContent-Length: " + got.length + "\r\n\r\n");
          request.send(got);
          request.send(chunked ? "\r\n0\r\n\r\n" : "");
        });
    try (Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      for (int round = 0; round < 2; round++) {
        if (chunked) {
          client.send("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
          for (int at = 0; at < body.length; at += 100_000) {
            int length = Math.min(100_000, body.length - at);
            client.send(Integer.toHexString(length) + "\r\n");
            client.send(java.util.Arrays.copyOfRange(body, at, at + length));
            client.send("\r\n");
          }
          client.send("0\r\n\r\n");
        } else {
          client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length + "\r\n\r\n");
          client.send(body);
        }
        assertThat(java.util.Arrays.equals(client.read().bytes(), body)).isTrue();
      }
    } finally {
      endpoint.close();
    }
  }
}
