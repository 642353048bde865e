package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Upgrades other than h2c: websocket is tunnelled, nothing else leaves the gateway. */
class UpgradeTest {

  private static final byte[] CLOSE_1001 = {(byte) 0x88, 2, 3, (byte) 0xe9};

  private static final String WEBSOCKET =
      "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";

  @Test
  void refusesAnUpgradeWithABody() throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused(WEBSOCKET + "Content-Length: 5\r\n\r\nhello", 400, "upgrade-with-body");
    }
  }

  @Test
  void refusesAnUpgradeWithAChunkedBody() throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused(
          WEBSOCKET + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "upgrade-with-body");
    }
  }

  @Test
  void forwardsNoOtherUpgrade() throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: TLS/1.0\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(stage.forwarded().getFirst().all("Upgrade")).isEmpty();
      assertThat(stage.forwarded().getFirst().all("Connection")).isEmpty();
    }
  }

  @Test
  void closesATunnelInWhichNothingMovesForTheRoutesIdleTime() throws IOException {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              request.send(
                  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                      + "Upgrade: websocket\r\n\r\n");
              while (request.in().read() >= 0) {}
            });
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .route("ws", List.of(), List.of(), Map.of("tunnel-idle-timeout", 200L))
                .start();
        RawClient client = new RawClient(gateway.port())) {
      client.send(WEBSOCKET + "\r\n");
      assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
      assertThat(client.in().readNBytes(4)).isEqualTo(CLOSE_1001);
      assertThat(client.isEnded()).isTrue();
      assertThat(gateway.metrics.failures).containsExactly("tunnel-idle");
    }
  }

  @Test
  void tunnelsAWebSocketAndNeverReusesItsConnection() throws IOException {
    RawEndpoint endpoint =
        RawEndpoint.scripted(request -> {
          if (!request.target().equals("/ws")) {
            request.ok("");
            return;
          }
          request.send(
              "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                  + "Upgrade: websocket\r\n\r\n");
          byte[] ping = request.in().readNBytes(10);
          String text = new String(ping, 6, 4, java.nio.charset.StandardCharsets.ISO_8859_1);
          request.send("\u0081\u0005" + text + "!");
          request.socket().shutdownOutput();
          while (request.in().read() >= 0) {}
        });
    try (Stage stage = Stage.open(endpoint, limits -> limits);
        RawClient client = stage.client()) {
      int connections = endpoint.connections();
      client.send(WEBSOCKET + "\r\n\u0081\u0084\0\0\0\0ping");
      assertThat(client.readHead())
          .startsWith("HTTP/1.1 101 ")
          .contains("Connection: Upgrade\r\n")
          .contains("Upgrade: websocket\r\n");
      assertThat(client.in().readNBytes(2)).containsExactly(0x81, 5);
      assertThat(new String(client.in().readNBytes(5), java.nio.charset.StandardCharsets.US_ASCII))
          .isEqualTo("ping!");
      assertThat(client.isEnded()).isTrue();
      stage.neighbourIsServed();
      assertThat(endpoint.connections()).isEqualTo(connections + 1);
      assertThat(stage.forwarded().getFirst().header("Upgrade")).isEqualTo("websocket");
    }
  }

  /** RFC 9110 section 15.2.2: the endpoint says which protocol it goes on with. */
  @ParameterizedTest
  @ValueSource(strings = {"", "Upgrade: h2c\r\n", "Upgrade: websocket, h2c\r\n"})
  void aSwitchToAnythingElseIsMalformed(String field) throws IOException {
    String switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n" + field;
    RawEndpoint endpoint =
        RawEndpoint.scripted(request -> {
          if (request.target().equals("/ws")) {
            request.send(switched + "\r\n");
          } else {
            request.ok("");
          }
        });
    try (Stage stage = Stage.open(endpoint, limits -> limits);
        RawClient client = stage.client()) {
      client.send(WEBSOCKET + "\r\n");
      assertThat(client.read().body()).contains("upstream-malformed");
      stage.neighbourIsServed();
    }
  }
}
