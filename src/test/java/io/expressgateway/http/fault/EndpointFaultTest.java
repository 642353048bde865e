package io.expressgateway.http.fault;

import static io.expressgateway.http.fault.FaultyEndpoint.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.FaultyEndpoint.Script;
import io.expressgateway.http.fault.RawClient.Response;
import io.expressgateway.plane.DataPlane;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What endpoints do wrong on the wire, and what the client and the operator see of it. */
class EndpointFaultTest {

  private static Script sends(String text) {
    return connection -> {
      connection.readRequest();
      connection.send(text);
      connection.awaitEnd();
    };
  }

  private static Script sendsAndCloses(String text) {
    return connection -> {
      connection.readRequest();
      connection.send(text);
    };
  }

  private static Script sendsAndResets(String text) {
    return connection -> {
      connection.readRequest();
      connection.send(text);
      // The reset must not overtake the bytes.
      connection.socket.setSoTimeout(200);
      try {
        connection.in.read();
      } catch (java.net.SocketTimeoutException e) {
        // Nothing comes, as expected.
      }
      connection.reset();
    };
  }

  static Stream<Arguments> faultsBeforeTheBody() {
    String manyFields = "x: y\r\n".repeat(300);
    return Stream.of(
        Arguments.of("closes at once", sendsAndCloses(""), "upstream-closed"),
        Arguments.of("resets before the head", sendsAndResets(""), "upstream-closed"),
        Arguments.of("closes in the head", sendsAndCloses("HTTP/1.1 200 O"), "upstream-closed"),
        Arguments.of("resets in the head", sendsAndResets("HTTP/1.1 200 O"), "upstream-closed"),
        Arguments.of("closes behind a 1xx", sendsAndCloses(interim(1)), "upstream-closed"),
        Arguments.of(
            "speaks something else", sends("220 mail ESMTP\r\n\r\n"), "upstream-malformed"),
        Arguments.of("binary", sends("\0\1\2\3\r\n\r\n"), "upstream-malformed"),
        Arguments.of(
            "both framings",
            sends(
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            "upstream-malformed"),
        Arguments.of(
            "two lengths",
            sends("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"),
            "upstream-malformed"),
        Arguments.of(
            "huge head",
            sends("HTTP/1.1 200 OK\r\nx: " + "y".repeat(70_000) + "\r\n\r\n"),
            "upstream-header-too-large"),
        Arguments.of(
            "too many fields",
            sends("HTTP/1.1 200 OK\r\n" + manyFields + "\r\n"),
            "upstream-header-too-large"),
        Arguments.of(
            "endless header", (Script) EndpointFaultTest::endless, "upstream-header-too-large"),
        Arguments.of("1xx flood", sends(interim(40) + ok("late")), "upstream-malformed"),
        Arguments.of(
            "101 unasked",
            sends("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
            "upstream-malformed"),
        Arguments.of("surplus", sends(ok("a") + "b"), "upstream-extra-bytes"),
        Arguments.of(
            "surplus behind nothing",
            sends("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
            "upstream-extra-bytes"));
  }

  private static String interim(int count) {
    return "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(count);
  }

  private static void endless(FaultyEndpoint.Connection connection) throws Exception {
    connection.readRequest();
    connection.send("HTTP/1.1 200 OK\r\nx: ");
    while (true) {
      connection.send("y".repeat(1000));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faultsBeforeTheBody")
  void answers502AndNamesTheReason(String fault, Script script, String why) throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(script);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      Response got = client.request("GET", "/");
      while (got.status() < 200) {
        got = client.read(false);
      }
      assertThat(got.status()).isEqualTo(502);
      assertThat(got.body()).contains("\"why\":\"" + why + "\"");
      assertThat(gateway.metrics.failures).containsExactly(why);
      assertThat(gateway.metrics.contained).isEmpty();
      endpoint.script(FaultyEndpoint.WELL_BEHAVED);
      assertThat(client.request("GET", "/").body()).isEqualTo("ok");
      assertBalanced(gateway, 2);
    }
  }

  static Stream<Arguments> truncations() {
    return Stream.of(
        Arguments.of(
            "length, closed", sendsAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")),
        Arguments.of(
            "length, reset", sendsAndResets("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")),
        Arguments.of("chunked, closed", sendsAndCloses(chunked("3\r\nabc\r\n"))),
        Arguments.of("chunked, closed in a chunk", sendsAndCloses(chunked("5\r\nabc"))),
        Arguments.of(
            "chunked, closed before the end", sendsAndCloses(chunked("3\r\nabc\r\n0\r\n"))),
        Arguments.of("chunked, reset", sendsAndResets(chunked("3\r\nabc\r\n"))),
        Arguments.of("until close, reset", sendsAndResets("HTTP/1.1 200 OK\r\n\r\nabc")));
  }

  private static String chunked(String body) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("truncations")
  void neverEndsATruncatedResponseCleanly(String fault, Script script) throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(script);
        Gateway gateway = Gateway.to(endpoint.port())) {
      Response got = RawClient.get(gateway.port(), "/");
      assertThat(got.status()).isEqualTo(200);
      assertThat(got.complete()).isFalse();
      assertThat(gateway.metrics.failures).containsExactly("upstream-truncated");
      assertBalanced(gateway, 1);
      assertThat(gateway.engine().ledger().aborted()).isEqualTo(1);
    }
  }

  @Test
  void resetsTheClientOnABadChunk() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(sends(chunked("3\r\nabc\r\nzz\r\n")));
        Gateway gateway = Gateway.to(endpoint.port())) {
      assertThatNotComplete(gateway);
      assertThat(gateway.metrics.failures).containsExactly("upstream-malformed");
    }
  }

  private static void assertThatNotComplete(Gateway gateway) {
    boolean complete;
    try {
      complete = RawClient.get(gateway.port(), "/").complete();
    } catch (java.io.IOException e) {
      complete = false;
    }
    assertThat(complete).isFalse();
  }

  @Test
  void aCloseEndsACloseDelimitedBody() throws Exception {
    try (FaultyEndpoint endpoint =
            FaultyEndpoint.start(sendsAndCloses("HTTP/1.1 200 OK\r\n\r\nabc"));
        Gateway gateway = Gateway.to(endpoint.port())) {
      Response got = RawClient.get(gateway.port(), "/");
      assertThat(got.body()).isEqualTo("abc");
      assertThat(got.complete()).isTrue();
      assertThat(gateway.metrics.failures).isEmpty();
      assertThat(gateway.engine().ledger().completed()).isEqualTo(1);
    }
  }

  @Test
  void doesNotReuseAConnectionWithLateSurplus() throws Exception {
    Script surplus =
        connection -> {
          connection.readRequest();
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na");
          connection.socket.setSoTimeout(100);
          try {
            connection.in.read();
          } catch (java.net.SocketTimeoutException e) {
            // The head is on its way.
          }
          connection.send("bcHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
          connection.socket.setSoTimeout(0);
          connection.awaitEnd();
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(surplus);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").body()).isEqualTo("abc");
      assertThat(client.request("GET", "/").body()).isEqualTo("abc");
      assertThat(endpoint.connections).hasSize(2);
      assertThat(gateway.metrics.security).contains("upstream-extra-bytes:close");
    }
  }

  @Test
  void closesAnIdleConnectionThatSpeaksUnasked() throws Exception {
    Script unasked =
        connection -> {
          connection.readRequest();
          connection.send(ok("a"));
          connection.socket.setSoTimeout(100);
          try {
            connection.in.read();
          } catch (java.net.SocketTimeoutException e) {
            connection.send(ok("evil"));
          }
          connection.socket.setSoTimeout(0);
          connection.awaitEnd();
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(unasked);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").body()).isEqualTo("a");
      Await.until("closed", () -> endpoint.closedByPeer.get() == 1);
      assertThat(client.request("GET", "/").body()).isEqualTo("a");
      assertThat(gateway.metrics.security).contains("upstream-extra-bytes:close");
    }
  }

  @Test
  void aBodyBehindAHeadResponseIsNoResponse() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(sends(ok("body")));
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("HEAD", "/").status()).isEqualTo(502);
      assertThat(gateway.metrics.failures).containsExactly("upstream-extra-bytes");
    }
  }

  @Test
  void passesLengthAndEarlyHints() throws Exception {
    try (FaultyEndpoint endpoint =
            FaultyEndpoint.start(
                sends(interim(2) + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"));
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      Response first = client.request("HEAD", "/");
      assertThat(first.status()).isEqualTo(103);
      assertThat(first.header("link")).isEqualTo("</a>");
      assertThat(client.read(true).status()).isEqualTo(103);
      Response last = client.read(true);
      assertThat(last.status()).isEqualTo(200);
      assertThat(last.header("content-length")).isEqualTo("4");
    }
  }

  @Test
  void refusedConnectionsAre503() throws Exception {
    int port;
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED)) {
      port = endpoint.port();
    }
    try (Gateway gateway = Gateway.to(port)) {
      Response got = RawClient.get(gateway.port(), "/");
      assertThat(got.status()).isEqualTo(503);
      assertThat(got.body()).contains("\"why\":\"connect-failed\"");
      assertThat(gateway.metrics.failures).containsExactly("connect-failed");
      assertBalanced(gateway, 1);
    }
  }

  @Test
  void noEndpointIs503() throws Exception {
    try (Gateway gateway = Gateway.builder().start()) {
      assertThat(RawClient.get(gateway.port(), "/").body())
          .contains("\"why\":\"no-healthy-endpoint\"");
      assertThat(gateway.engine().ledger().refused()).isEqualTo(1);
    }
  }

  @Test
  void connectTimesOut() throws Exception {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    List<SocketChannel> fill = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, loopback);
        Gateway gateway =
            Gateway.builder()
                .endpoints(full.getLocalPort())
                .connectTimeout(Duration.ofMillis(300))
                .start()) {
      for (int i = 0; i < 4; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(new InetSocketAddress(loopback, full.getLocalPort()));
        fill.add(channel);
      }
      Response got = RawClient.get(gateway.port(), "/");
      assertThat(got.status()).isEqualTo(504);
      assertThat(got.body()).contains("\"why\":\"connect-timeout\"");
      assertThat(gateway.metrics.failures).containsExactly("connect-timeout");
    } finally {
      for (SocketChannel channel : fill) {
        channel.close();
      }
    }
  }

  private static final Script SILENT =
      connection -> {
        connection.readRequest();
        connection.awaitEnd();
      };

  private static Gateway.Builder withMeta(Map<String, Object> meta, int port) {
    return Gateway.builder().endpoints(port).route("all", List.of(), List.of(), meta);
  }

  private static void assertTimesOut(Gateway.Builder builder, FaultyEndpoint endpoint, String why)
      throws Exception {
    try (endpoint;
        Gateway gateway = builder.start()) {
      Response got = RawClient.get(gateway.port(), "/");
      assertThat(got.status()).isEqualTo(504);
      assertThat(got.body()).contains("\"why\":\"" + why + "\"");
      assertThat(gateway.metrics.failures).containsExactly(why);
      Await.until("the endpoint sees the end", () -> endpoint.closedByPeer.get() == 1);
      assertBalanced(gateway, 1);
    }
  }

  @Test
  void firstByteTimesOut() throws Exception {
    FaultyEndpoint endpoint = FaultyEndpoint.start(SILENT);
    assertTimesOut(
        Gateway.builder().endpoints(endpoint.port()).firstByteTimeout(Duration.ofMillis(200)),
        endpoint,
        "first-byte-timeout");
  }

  @Test
  void responseTimesOutByTheListener() throws Exception {
    FaultyEndpoint endpoint = FaultyEndpoint.start(SILENT);
    Duration long_ = Duration.ofSeconds(30);
    assertTimesOut(
        Gateway.builder().endpoints(endpoint.port()).timers(long_, long_, Duration.ofMillis(200)),
        endpoint,
        "response-timeout");
  }

  @Test
  void responseTimesOutByTheRoute() throws Exception {
    FaultyEndpoint endpoint = FaultyEndpoint.start(SILENT);
    assertTimesOut(
        withMeta(Map.of("response-timeout", 200L), endpoint.port()), endpoint, "response-timeout");
  }

  @Test
  void aTryTimesOut() throws Exception {
    FaultyEndpoint endpoint = FaultyEndpoint.start(SILENT);
    assertTimesOut(
        withMeta(Map.of("per-try-timeout", 200L), endpoint.port()), endpoint, "per-try-timeout");
  }

  @Test
  void theWholeTimesOut() throws Exception {
    FaultyEndpoint endpoint = FaultyEndpoint.start(SILENT);
    assertTimesOut(
        withMeta(Map.of("total-timeout", 200L), endpoint.port()), endpoint, "total-timeout");
  }

  @ParameterizedTest
  @ValueSource(strings = {"idle", "total"})
  void aStalledBodyIsCutOff(String limit) throws Exception {
    Gateway.Builder builder =
        limit.equals("idle")
            ? Gateway.builder()
                .timers(Duration.ofMillis(200), Duration.ofSeconds(30), Duration.ofSeconds(30))
            : Gateway.builder().route("all", List.of(), List.of(), Map.of("total-timeout", 200L));
    try (FaultyEndpoint endpoint =
            FaultyEndpoint.start(sends("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"));
        Gateway gateway = builder.endpoints(endpoint.port()).start()) {
      Response got = RawClient.get(gateway.port(), "/");
      assertThat(got.complete()).isFalse();
      assertThat(gateway.metrics.failures)
          .containsExactly(limit.equals("idle") ? "upstream-idle-timeout" : "total-timeout");
      Await.until("the endpoint sees the end", () -> endpoint.closedByPeer.get() == 1);
    }
  }

  @Test
  void anEndpointThatStopsReadingStallsTheUpload() throws Exception {
    java.util.concurrent.CountDownLatch over = new java.util.concurrent.CountDownLatch(1);
    Script deaf =
        connection -> {
          connection.readHead();
          over.await();
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(deaf);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(Duration.ofSeconds(30), Duration.ofMillis(300), Duration.ofSeconds(30))
                .start();
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("POST", "/", "Content-Length: 1000000000"));
      Thread upload =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  byte[] piece = new byte[65_536];
                  while (true) {
                    client.out.write(piece);
                  }
                } catch (java.io.IOException e) {
                  // The gateway gave up.
                }
              });
      Response got = client.read(false);
      assertThat(got.status()).isEqualTo(504);
      assertThat(got.body()).contains("\"why\":\"upstream-stalled\"");
      client.reset();
      upload.join(10_000);
    } finally {
      over.countDown();
    }
  }

  @Test
  void checksThatFailTakeTheEndpointOut() throws Exception {
    int port;
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED)) {
      port = endpoint.port();
    }
    ClusterSpec.HealthCheck check =
        new ClusterSpec.HealthCheck(
            "tcp", "/", Duration.ofMillis(50), Duration.ofSeconds(1), 1, 1, 200, 399, null);
    try (Gateway gateway =
        Gateway.builder()
            .endpoints(port)
            .healthCheck(check)
            .outlier(new ClusterSpec.Outlier(false, false, 5, Duration.ofSeconds(30), 50, 0))
            .start()) {
      Await.until(
          "no endpoint",
          () -> RawClient.get(gateway.port(), "/").body().contains("no-healthy-endpoint"));
    }
  }

  private static void assertBalanced(Gateway gateway, int accepted) throws Exception {
    Await.until(
        "all exchanges have ended",
        () -> {
          DataPlane.Ledger now = gateway.engine().ledger();
          return now.accepted() == accepted
              && now.completed() + now.refused() + now.aborted() == accepted;
        });
  }
}
