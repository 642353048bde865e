package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import java.io.ByteArrayOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Stream errors that make the gateway reset (CVE-2025-8671), one way after the other. */
class MadeYouResetTest {

  /** One request that the gateway has to reset. */
  interface Bait {
    void add(RawHttp2 client, int stream);
  }

  static Stream<Arguments> baits() {
    Bait zeroWindow =
        (client, stream) -> {
          client.request(stream, "GET", true);
          client.frame(RawHttp2.WINDOW_UPDATE, 0, stream, RawHttp2.number(0));
        };
    Bait windowOverflow =
        (client, stream) -> {
          client.request(stream, "GET", true);
          client.frame(RawHttp2.WINDOW_UPDATE, 0, stream, RawHttp2.number(Integer.MAX_VALUE));
        };
    Bait ownDependency =
        (client, stream) -> {
          client.request(stream, "GET", true);
          byte[] payload = RawHttp2.number(stream);
          client.frame(
              RawHttp2.PRIORITY,
              0,
              stream,
              new byte[] {payload[0], payload[1], payload[2], payload[3], 1});
        };
    Bait shortPriority =
        (client, stream) -> {
          client.request(stream, "GET", true);
          client.frame(RawHttp2.PRIORITY, 0, stream, new byte[4]);
        };
    Bait dataBehindTheEnd =
        (client, stream) -> {
          client.request(stream, "GET", true);
          client.frame(RawHttp2.DATA, 1, stream, new byte[1]);
        };
    Bait malformed =
        (client, stream) -> {
          ByteArrayOutputStream block = new ByteArrayOutputStream();
          block.writeBytes(RawHttp2.block("GET"));
          RawHttp2.literal(block, "connection", "close");
          client.frame(RawHttp2.HEADERS, 5, stream, block.toByteArray());
        };
    Bait shortBody =
        (client, stream) -> {
          ByteArrayOutputStream block = new ByteArrayOutputStream();
          block.writeBytes(RawHttp2.block("POST"));
          RawHttp2.literal(block, "content-length", "2");
          client.frame(RawHttp2.HEADERS, 4, stream, block.toByteArray());
          client.frame(RawHttp2.DATA, 1, stream, new byte[1]);
        };
    return Stream.of(
        Arguments.of("WINDOW_UPDATE of 0", zeroWindow),
        Arguments.of("WINDOW_UPDATE beyond the greatest window", windowOverflow),
        Arguments.of("PRIORITY on itself", ownDependency),
        Arguments.of("PRIORITY of four bytes", shortPriority),
        Arguments.of("DATA behind END_STREAM", dataBehindTheEnd),
        Arguments.of("a malformed request", malformed),
        Arguments.of("a body that is shorter than its length", shortBody));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("baits")
  void losesItsConnectionAndTroublesNobodyElse(String way, Bait bait) throws Exception {
    Attack.meetsOneOf(
        // Frames of PRIORITY may be a flood first, and DATA behind an end ends the connection.
        java.util.List.of(
            "h2-made-you-reset:goaway", "h2-priority-flood:goaway", "h2-protocol-error:goaway"),
        client -> {
          client.settings();
          for (int i = 0; i < 400; i++) {
            bait.add(client, 1 + 2 * i);
          }
          client.send();
        });
  }

  /**
   * A client whose SETTINGS allow no response head. The setting is advice (RFC 9113 section 6.5.2):
   * were it obeyed, each of its responses would have to become a reset.
   */
  @Test
  void aHeaderListThatIsTooSmallForEveryResponseMakesNoResets() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 attacker = new RawHttp2(gateway.port());
        RawHttp2 neighbour = new RawHttp2(gateway.port())) {
      attacker.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 6, 0, 0, 0, 1}).send();
      for (int i = 0; i < 300; i++) {
        attacker.request(1 + 2 * i, "GET", true).send();
        assertThat(attacker.await(RawHttp2.DATA).stream()).isEqualTo(1 + 2 * i);
      }
      neighbour.settings().request(1, "GET", true).send();
      assertThat(neighbour.await(RawHttp2.DATA).stream()).isEqualTo(1);
      assertThat(gateway.metrics.security).isEmpty();
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
