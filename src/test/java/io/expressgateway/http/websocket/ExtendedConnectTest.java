package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.snapshot.WebSocketLimits;
import io.expressgateway.tls.Link;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** RFC 8441 on the wire, where it is not a WebSocket that works. */
class ExtendedConnectTest {

  private static WebSocketLimits off(WebSocketLimits base) {
    return new WebSocketLimits(
        false,
        base.idleTimeout(),
        base.maxMessageBytes(),
        base.maxFrameBytes(),
        base.maxLifetime());
  }

  private static Http2Wire client(Gateway gateway) throws Exception {
    return Http2Wire.client(Link.connect(gateway.port()));
  }

  static Stream<Arguments> malformed() {
    return Stream.<Arguments>of(
        with("GET with :protocol", head -> head.method("GET")),
        with("no :scheme", head -> head.remove(":scheme")),
        with("no :path", head -> head.remove(":path")),
        with("no :authority", head -> head.remove(":authority")),
        with("two protocols", head -> head.add(":protocol", "websocket")),
        with("a length", head -> head.add("content-length", "5")),
        with("an upgrade", head -> head.add("upgrade", "websocket")));
  }

  private static Arguments with(String claim, Consumer<Http2Headers> change) {
    return Arguments.of(claim, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void aMalformedConnectIsAStreamErrorAndTheConnectionServesOn(
      String claim, Consumer<Http2Headers> change) throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = Gateway.to(endpoint.port());
        Http2Wire client = client(gateway)) {
      assertThat(client.offersConnect()).isTrue();
      Http2Headers head = Cell.connectHead("/");
      change.accept(head);
      Http2Wire.Stream broken = client.open(head, false);
      Await.until("reset", () -> broken.resetCode >= 0);
      assertThat(broken.resetCode).isEqualTo(1);
      Http2Wire.Stream next =
          client.open(
              Http2Wire.head(
                  ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "test"),
              true);
      assertThat(next.awaitHead().status()).hasToString("200");
      assertThat(endpoint.requests()).hasSize(1);
    }
  }

  @Test
  void aConnectThatEndsAtOnceIsAStreamError() throws Exception {
    try (Gateway gateway = Gateway.to(1);
        Http2Wire client = client(gateway)) {
      Http2Wire.Stream broken = client.open(Cell.connectHead("/"), true);
      Await.until("reset", () -> broken.resetCode == 1);
    }
  }

  @Test
  void anotherProtocolIsAnswered501() throws Exception {
    try (Gateway gateway = Gateway.to(1);
        Http2Wire client = client(gateway)) {
      Http2Headers head = Cell.connectHead("/");
      head.set(":protocol", "connect-udp");
      assertThat(client.open(head, false).awaitHead().status()).hasToString("501");
      assertThat(gateway.metrics.failures).containsExactly("upgrade-not-supported");
    }
  }

  @Test
  void aConnectWithoutProtocolIsAnswered405() throws Exception {
    try (Gateway gateway = Gateway.to(1);
        Http2Wire client = client(gateway)) {
      Http2Headers head = Http2Wire.head(":method", "CONNECT", ":authority", "test:443");
      assertThat(client.open(head, false).awaitHead().status()).hasToString("405");
    }
  }

  @Test
  void aListenerWithoutWebSocketOffersNoneAndResetsWhoAsks() throws Exception {
    try (Gateway gateway =
            Gateway.builder()
                .endpoints(1)
                .limits(http -> http.with(off(http.webSocket())))
                .start();
        Http2Wire client = client(gateway)) {
      assertThat(client.offersConnect()).isFalse();
      Http2Wire.Stream refused = client.open(Cell.connectHead("/"), false);
      Await.until("reset", () -> refused.resetCode == 1);
    }
  }

  @Test
  void aListenerWithoutWebSocketAnswersAnUpgradeWith501() throws Exception {
    try (WebSocketEndpoint endpoint = WebSocketEndpoint.start(false, WebSocketEndpoint.ECHO);
        Gateway gateway = Cell.H1_TO_H1.gateway(endpoint, ExtendedConnectTest::off).start();
        Peer client = Cell.H1_TO_H1.connect(gateway, "/")) {
      assertThat(client.status).isEqualTo(501);
      assertThat(gateway.metrics.failures).containsExactly("upgrade-not-supported");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"H1_TO_H2", "H2_TO_H2"})
  void theEndpointsSettingsAreWaitedFor(Cell cell) throws Exception {
    try (WebSocketEndpoint endpoint = WebSocketEndpoint.silent(WebSocketEndpoint.ECHO);
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start()) {
      Thread settings =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  Await.until("connected", () -> !endpoint.wires.isEmpty());
                  // The gateway's SETTINGS have come, and no request has come behind them.
                  endpoint.wires.getFirst().settings.get();
                  assertThat(endpoint.calls).isEmpty();
                  endpoint.wires.getFirst().sendSettings(true);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      try (Peer client = cell.connect(gateway, "/")) {
        assertThat(client.status).isEqualTo(cell.opened());
        settings.join();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"H1_TO_H2", "H2_TO_H2"})
  void anEndpointThatDoesNotOfferItIsNotAsked(Cell cell) throws Exception {
    try (WebSocketEndpoint endpoint = WebSocketEndpoint.silent(WebSocketEndpoint.ECHO);
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start()) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              Await.until("connected", () -> !endpoint.wires.isEmpty());
              endpoint.wires.getFirst().sendSettings(false);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
      for (int i = 0; i < 2; i++) {
        try (Peer client = cell.connect(gateway, "/")) {
          assertThat(client.status).isEqualTo(501);
        }
      }
      assertThat(endpoint.calls).isEmpty();
      assertThat(gateway.metrics.failures)
          .containsExactly("upgrade-not-supported", "upgrade-not-supported");
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @Test
  void aKeyThatCannotBeAnsweredIsRefused() throws Exception {
    try (WebSocketEndpoint endpoint = WebSocketEndpoint.start(true, WebSocketEndpoint.ECHO);
        Gateway gateway = Cell.H1_TO_H2.gateway(endpoint, limits -> limits).start();
        Link link = Link.connect(gateway.port())) {
      Peer.over(link, "", 0)
          .send(
              "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  + "Sec-WebSocket-Key: short\r\n\r\n");
      assertThat(WebSocketEndpoint.readHead(link.stream().getInputStream()))
          .startsWith("HTTP/1.1 400 ");
      assertThat(gateway.metrics.failures).containsExactly("bad-websocket-key");
    }
  }

  @Test
  void anEndpointThatDoesNotUnderstandOurKeyIsNotBelieved() throws Exception {
    String switched =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n";
    assertAnswered(switched, "502", "upstream-malformed");
  }

  @Test
  void successInsteadOfASwitchIsNoOpenWebSocket() throws Exception {
    assertAnswered("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "502", "upgrade-ignored");
  }

  private static void assertAnswered(String answer, String status, String why) throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.answering(answer);
        Gateway gateway = Gateway.to(endpoint.port());
        Http2Wire client = client(gateway)) {
      Http2Wire.Stream stream = client.open(Cell.connectHead("/"), false);
      assertThat(stream.awaitHead().status()).hasToString(status);
      assertThat(gateway.metrics.failures).containsExactly(why);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  /** Bytes that come before the answer must not reach an endpoint that is not a WebSocket yet. */
  @ParameterizedTest
  @EnumSource(names = {"H2_TO_H1", "H2_TO_H2"})
  void whatTheClientSendsEarlyWaitsForTheAnswer(Cell cell) throws Exception {
    java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
    try (WebSocketEndpoint endpoint =
            cell.endpoint(call -> {
              go.await();
              WebSocketEndpoint.ECHO.on(call);
            });
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
        Http2Wire client = client(gateway)) {
      Http2Wire.Stream stream = client.open(Cell.connectHead("/"), false);
      byte[] early = Frames.masked("early");
      stream.send(early, 0, 4);
      stream.send(early, 4, early.length - 4);
      Await.until("the endpoint is asked", () -> !endpoint.calls.isEmpty());
      go.countDown();
      assertThat(Frames.read(stream.input).text()).isEqualTo("early");
      assertThat(gateway.metrics.security).isEmpty();
    }
  }

  @Test
  void headersWithinATunnelAreAStreamError() throws Exception {
    try (WebSocketEndpoint endpoint = WebSocketEndpoint.start(false, WebSocketEndpoint.ECHO);
        Gateway gateway = Cell.H2_TO_H1.gateway(endpoint, limits -> limits).start();
        Http2Wire client = client(gateway)) {
      Http2Wire.Stream stream = client.open(Cell.connectHead("/"), false);
      assertThat(stream.awaitHead().status()).hasToString("200");
      stream.sendHead(Http2Wire.head("x-a", "b"), true);
      Await.until("reset", () -> stream.resetCode == 1);
      Await.until("aborted", () -> gateway.engine().ledger().aborted() == 1);
    }
  }
}
