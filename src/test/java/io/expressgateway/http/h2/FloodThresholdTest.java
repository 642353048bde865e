package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.limit.Rule;
import io.expressgateway.tls.Link;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the client of each flood sees: nothing at the default threshold, and one frame later GOAWAY
 * with ENHANCE_YOUR_CALM (RFC 9113 section 10.5), while a neighbour is served.
 */
class FloodThresholdTest {

  /** One frame of the flood; the first is number 0. */
  interface Frame {
    void add(RawHttp2 client, int number) throws IOException;
  }

  static Stream<Arguments> floods() {
    Frame ping = (client, i) -> client.frame(RawHttp2.PING, 0, 0, new byte[8]);
    Frame settings = (client, i) -> client.settings();
    Frame priority =
        (client, i) -> client.frame(RawHttp2.PRIORITY, 0, 1, new byte[] {0, 0, 0, 3, 16});
    Frame update =
        (client, i) ->
            client.frame(RawHttp2.PRIORITY_UPDATE, 0, 0, new byte[] {0, 0, 0, 1, 'u', '=', '1'});
    Frame unknown = (client, i) -> client.frame(0xbe, 0, 0, new byte[1]);
    Frame window = (client, i) -> client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(1));
    Frame empty = (client, i) -> client.frame(RawHttp2.DATA, 0, 1, new byte[0]);
    Frame continuation =
        (client, i) -> {
          if (i == 0) {
            client.frame(RawHttp2.HEADERS, 1, 3, RawHttp2.block("GET"));
          }
          client.frame(RawHttp2.CONTINUATION, 0, 3, new byte[0]);
        };
    Frame reset =
        (client, i) -> {
          client.request(3 + 2 * i, "GET", true);
          client.frame(RawHttp2.RST_STREAM, 0, 3 + 2 * i, RawHttp2.number(8));
        };
    return Stream.of(
        // The stream that is open explains four frames of PRIORITY or WINDOW_UPDATE.
        Arguments.of(Rule.H2_PING_FLOOD, ping, 0),
        Arguments.of(Rule.H2_SETTINGS_FLOOD, settings, -1),
        Arguments.of(Rule.H2_PRIORITY_FLOOD, priority, 4),
        Arguments.of(Rule.H2_PRIORITY_FLOOD, update, 4),
        Arguments.of(Rule.H2_PRIORITY_FLOOD, unknown, 4),
        Arguments.of(Rule.H2_WINDOW_UPDATE_FLOOD, window, 4),
        Arguments.of(Rule.H2_EMPTY_DATA_FLOOD, empty, 0),
        Arguments.of(Rule.H2_CONTINUATION_FLOOD, continuation, 0),
        Arguments.of(Rule.H2_RAPID_RESET, reset, 0));
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("floods")
  void oneBeyondTheThresholdEndsTheConnection(Rule rule, Frame frame, int explained)
      throws Exception {
    endsOneBeyond(rule, frame, explained, Gateway.builder(), port -> Link.connect(port));
  }

  /** How a client gets its connection. */
  interface Connect {
    Link to(int port) throws IOException;
  }

  static void endsOneBeyond(
      Rule rule, Frame frame, int explained, Gateway.Builder builder, Connect connect)
      throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              if (request.header("x-neighbour") != null) {
                request.ok("hello");
              }
            });
        Gateway gateway = builder.endpoints(endpoint.port()).start();
        RawHttp2 attacker = new RawHttp2(connect.to(gateway.port()));
        RawHttp2 neighbour = new RawHttp2(connect.to(gateway.port()))) {
      attacker.settings().request(1, "POST", false).send();
      attacker.await(RawHttp2.SETTINGS);
      int allowed = rule.defaultThreshold() + explained;
      for (int i = 0; i < allowed; i++) {
        frame.add(attacker, i);
      }
      attacker.send();
      neighbourIsServed(neighbour.settings(), 1);
      assertThat(gateway.metrics.security).isEmpty();

      frame.add(attacker, allowed);
      attacker.send();
      assertThat(attacker.await(RawHttp2.GOAWAY).number(4)).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM);
      assertThat(gateway.metrics.security).containsExactly(rule.text() + ":goaway");
      assertThat(attacker.isEnded()).isTrue();
      neighbourIsServed(neighbour, 3);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  private static void neighbourIsServed(RawHttp2 neighbour, int stream) throws IOException {
    java.io.ByteArrayOutputStream block = new java.io.ByteArrayOutputStream();
    block.writeBytes(RawHttp2.block("GET"));
    RawHttp2.literal(block, "x-neighbour", "1");
    neighbour.frame(RawHttp2.HEADERS, 5, stream, block.toByteArray()).send();
    assertThat(neighbour.await(RawHttp2.DATA).stream()).isEqualTo(stream);
  }
}
