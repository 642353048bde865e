package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** Forwarding {@code Upgrade: h2c} would let a client tunnel past every route and filter. */
class UpgradeH2cTest {

  @Test
  void answersTheJdksOwnClientInHttp11AndForwardsNoUpgrade() throws Exception {
    try (Stage stage = Stage.open();
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      URI uri = URI.create("http://127.0.0.1:" + stage.gateway.port() + "/jdk");
      HttpResponse<String> got =
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(got.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
      assertThat(got.body()).isEqualTo("/jdk");
      assertNoUpgrade(stage.forwarded().getFirst());
      assertThat(stage.gateway.metrics.security).containsExactly("upgrade-h2c:strip");
      stage.neighbourIsServed();
    }
  }

  @Test
  void forwardsABodyThatCameWithTheUpgrade() throws Exception {
    try (Stage stage = Stage.open();
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      URI uri = URI.create("http://127.0.0.1:" + stage.gateway.port() + "/jdk");
      HttpRequest post =
          HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString("hello")).build();
      assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
      assertNoUpgrade(stage.forwarded().getFirst());
      assertThat(stage.forwarded().getFirst().receivedBody()).asString().isEqualTo("hello");
    }
  }

  @Test
  void stripsAnUpgradeThatListsH2cAmongOthers() throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send(
          "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
              + "Upgrade: websocket, h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertNoUpgrade(stage.forwarded().getFirst());
      assertThat(stage.gateway.metrics.security).containsExactly("upgrade-h2c:strip");
    }
  }

  private static void assertNoUpgrade(RawEndpoint.Request request) {
    assertThat(request.head().toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("upgrade")
        .doesNotContain("http2-settings")
        .doesNotContain("h2c");
  }
}
