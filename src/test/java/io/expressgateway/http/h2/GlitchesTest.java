package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import org.junit.jupiter.api.Test;

/** Oddities of many kinds, each below the threshold of its own rule. */
class GlitchesTest {

  @Test
  void manyKindsTogetherEndTheConnection() throws Exception {
    Attack.meets(
        "glitches:goaway",
        client -> {
          client.settings().request(1, "POST", false);
          oddities(client);
          client.send();
        });
  }

  /** Seventy of each kind: none is a flood by itself. */
  private static void oddities(RawHttp2 client) {
    for (int i = 0; i < 70; i++) {
      int stream = 3 + 2 * i;
      client.frame(RawHttp2.DATA, 0, 1, new byte[0]);
      client.frame(0xbe, 0, 0, new byte[1]);
      client.request(stream, "GET", true);
      client.frame(RawHttp2.WINDOW_UPDATE, 0, stream, RawHttp2.number(0));
    }
  }

  @Test
  void theConnectionEndsWithEnhanceYourCalmAtTheThreshold() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> {});
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .rules(Rules.DEFAULTS.with(Rule.GLITCHES, 3, false))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().request(1, "POST", false);
      client.frame(RawHttp2.DATA, 0, 1, new byte[0]).frame(0xbe, 0, 0, new byte[1]);
      client.request(3, "GET", true).frame(RawHttp2.RST_STREAM, 0, 3, RawHttp2.number(8)).send();
      client.frame(RawHttp2.PING, 0, 0, new byte[8]).send();
      client.await(RawHttp2.PING);
      assertThat(gateway.metrics.security).isEmpty();

      client.frame(0xbe, 0, 0, new byte[1]).send();
      assertThat(client.await(RawHttp2.GOAWAY).number(4)).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM);
      assertThat(gateway.metrics.security).containsExactly("glitches:goaway");
    }
  }

  @Test
  void observedTheyAreCountedOnce() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .rules(Rules.DEFAULTS.with(Rule.GLITCHES, 3, true))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings();
      for (int i = 0; i < 20; i++) {
        client.frame(0xbe, 0, 0, new byte[1]);
      }
      client.request(1, "GET", true).send();
      assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(1);
      assertThat(gateway.metrics.security).containsExactly("glitches:observed");
    }
  }

  @Test
  void framesThatCrossAResetAreNone() throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(
                request -> request.send("HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .rules(Rules.DEFAULTS.with(Rule.GLITCHES, 1, false))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings();
      for (int stream = 1; stream < 9; stream += 2) {
        client.request(stream, "POST", false).send();
        assertThat(client.await(RawHttp2.RST_STREAM).stream()).isEqualTo(stream);
        for (int i = 0; i < 50; i++) {
          client.frame(RawHttp2.DATA, 0, stream, new byte[1000]);
        }
      }
      client.frame(RawHttp2.PING, 0, 0, new byte[8]).send();
      RawHttp2.Frame next = client.read();
      while (next.type() == RawHttp2.WINDOW_UPDATE || next.type() == RawHttp2.HEADERS) {
        next = client.read();
      }
      assertThat(next.type()).isEqualTo(RawHttp2.PING);
      assertThat(gateway.metrics.security).isEmpty();
    }
  }
}
