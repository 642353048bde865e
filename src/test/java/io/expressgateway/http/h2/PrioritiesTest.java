package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9218 on the wire: in which order responses leave when there is not room for all. */
class PrioritiesTest {

  private static final int WINDOW = 65_535;
  private static final int STEP = 512;

  /** Little enough that it is read with its head, in one piece. */
  private static final int BODY = 2 * STEP;

  /** A response to begin with takes the connection's window; the others wait in the gateway. */
  private static final class Waiting implements AutoCloseable {
    private final RawEndpoint endpoint =
        RawEndpoint.scripted(request -> {
          String field = request.header("x-answer");
          int size = request.header("x-first") == null ? BODY : WINDOW;
          ByteArrayOutputStream response = new ByteArrayOutputStream();
          String head =
              "HTTP/1.1 200 OK\r\nContent-Length: "
                  + size
                  + (field == null ? "" : "\r\nPriority: " + field)
                  + "\r\n\r\n";
          response.writeBytes(head.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
          response.writeBytes(new byte[size]);
          // In one piece: when the head has passed, the body is in the gateway too.
          request.send(response.toByteArray());
        });
    private final Gateway gateway = Gateway.to(endpoint.port());
    final RawHttp2 client = new RawHttp2(gateway.port());
    private int streams;

    Waiting(boolean saysSo) throws Exception {
      // SETTINGS_INITIAL_WINDOW_SIZE of 1 MiB and, or not, SETTINGS_NO_RFC7540_PRIORITIES.
      byte[] window = {0, 4, 0, 16, 0, 0};
      byte[] both = {0, 4, 0, 16, 0, 0, 0, 9, 0, 0, 0, 1};
      client.frame(RawHttp2.SETTINGS, 0, 0, saysSo ? both : window);
      request(1, "x-first", "1").send();
      take(WINDOW);
    }

    RawHttp2 request(int stream, String... fields) {
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      block.writeBytes(RawHttp2.block("GET"));
      for (int i = 0; i < fields.length; i += 2) {
        RawHttp2.literal(block, fields[i], fields[i + 1]);
      }
      streams++;
      return client.frame(RawHttp2.HEADERS, 5, stream, block.toByteArray());
    }

    /** The streams whose DATA comes when the window is opened step by step. */
    List<Integer> order() throws Exception {
      client.send();
      for (int i = 1; i < streams; i++) {
        client.await(RawHttp2.HEADERS);
      }
      client.frame(RawHttp2.PING, 0, 0, new byte[8]).send();
      client.await(RawHttp2.PING);
      List<Integer> order = new ArrayList<>();
      for (int left = (streams - 1) * BODY; left > 0; left -= STEP) {
        client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(STEP)).send();
        order.addAll(take(STEP));
      }
      return order;
    }

    private List<Integer> take(int bytes) throws Exception {
      List<Integer> streams = new ArrayList<>();
      for (int left = bytes; left > 0; ) {
        RawHttp2.Frame data = client.await(RawHttp2.DATA);
        left -= data.payload().length;
        if (data.payload().length > 0) {
          streams.add(data.stream());
        }
      }
      return streams;
    }

    @Override
    public void close() throws IOException {
      client.close();
      gateway.close();
      endpoint.close();
    }
  }

  @Test
  void theMoreUrgentResponseGoesFirst() throws Exception {
    try (Waiting waiting = new Waiting(true)) {
      waiting.request(3, "priority", "u=5");
      waiting.request(5, "priority", "u=1");
      waiting.request(7);
      assertThat(waiting.order()).containsExactly(5, 5, 7, 7, 3, 3);
    }
  }

  @Test
  void incrementalResponsesTakeTurns() throws Exception {
    try (Waiting waiting = new Waiting(true)) {
      waiting.request(3, "priority", "i");
      waiting.request(5, "priority", "i");
      assertThat(waiting.order()).containsExactly(3, 5, 3, 5);
    }
  }

  @Test
  void othersComeOneAfterTheOtherInTheOrderOfTheirStreams() throws Exception {
    try (Waiting waiting = new Waiting(true)) {
      waiting.request(3, "priority", "u=2");
      waiting.request(5, "priority", "u=2");
      waiting.request(7, "priority", "u=2");
      assertThat(waiting.order()).containsExactly(3, 3, 5, 5, 7, 7);
    }
  }

  @Test
  void aClientThatSaysNothingGetsTurnsForAll() throws Exception {
    try (Waiting waiting = new Waiting(false)) {
      waiting.request(3);
      waiting.request(5);
      assertThat(waiting.order()).containsExactly(3, 5, 3, 5);
    }
  }

  @Test
  void anIncrementalResponseIsNotStarvedByAnotherOfItsUrgency() throws Exception {
    try (Waiting waiting = new Waiting(true)) {
      waiting.request(3);
      waiting.request(5, "priority", "i");
      assertThat(waiting.order()).startsWith(3, 5, 3, 5);
    }
  }

  @Test
  void aFrameChangesWhatTheRequestSaid() throws Exception {
    try (Waiting waiting = new Waiting(true)) {
      waiting.request(3, "priority", "u=1");
      waiting.request(5, "priority", "u=5");
      waiting.client.frame(RawHttp2.PRIORITY_UPDATE, 0, 0, update(5, "u=0"));
      assertThat(waiting.order()).containsExactly(5, 5, 3, 3);
    }
  }

  @Test
  void aFrameMayComeBeforeItsRequestAndWinsOverIt() throws Exception {
    try (Waiting waiting = new Waiting(true)) {
      waiting.client.frame(RawHttp2.PRIORITY_UPDATE, 0, 0, update(5, "u=0"));
      waiting.request(3, "priority", "u=1");
      waiting.request(5, "priority", "u=5");
      assertThat(waiting.order()).containsExactly(5, 5, 3, 3);
    }
  }

  @Test
  void theEndpointMayChangeWhatTheClientSaid() throws Exception {
    try (Waiting waiting = new Waiting(true)) {
      waiting.request(3, "priority", "u=1");
      waiting.request(5, "priority", "u=5", "x-answer", "u=0");
      assertThat(waiting.order()).containsExactly(5, 5, 3, 3);
    }
  }

  @Test
  void theFieldReachesTheEndpointAsItWas() throws Exception {
    try (Waiting waiting = new Waiting(true)) {
      waiting.request(3, "priority", "u=1,i;x=y, z");
      waiting.order();
      assertThat(waiting.endpoint.requests().get(1).header("priority")).isEqualTo("u=1,i;x=y, z");
    }
  }

  private static byte[] update(int stream, String field) {
    return WellBehavedClientsTest.update(stream, field);
  }

  @Test
  void theGatewaySaysThatItDoesNotUseTheOldTree() throws Exception {
    try (Gateway gateway = Gateway.to(1);
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().send();
      byte[] settings = client.await(RawHttp2.SETTINGS).payload();
      boolean found = false;
      for (int i = 0; i < settings.length; i += 6) {
        found |= settings[i + 1] == 9 && settings[i + 5] == 1;
      }
      assertThat(found).isTrue();
    }
  }

  /** RFC 9218 sections 2.1 and 7.1: the frame, its stream, its payload, the error. */
  @ParameterizedTest
  @CsvSource({
    "16, 1, 00000001753d31, 1",
    "16, 0, 00000000753d31, 1",
    "16, 0, 00000002753d31, 1",
    "16, 0, 000001, 6",
    "4, 0, 000900000002, 1",
    "4, 0, 000900000001, 1",
  })
  void whatTheStandardForbidsIsAConnectionError(int type, int stream, String payload, int error)
      throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> {});
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().request(1, "POST", false);
      client.frame(type, 0, stream, java.util.HexFormat.of().parseHex(payload)).send();
      assertThat(client.await(RawHttp2.GOAWAY).number(4)).isEqualTo(error);
    }
  }

  @Test
  void streamsThatMayNeverOpenAreNotKeptWithoutEnd() throws Exception {
    try (Gateway gateway =
            Gateway.builder()
                .endpoints(1)
                .rules(
                    io.expressgateway.limit.Rules.DEFAULTS.with(
                        io.expressgateway.limit.Rule.H2_PRIORITY_FLOOD, 10_000, false))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings();
      for (int i = 0; i <= 256; i++) {
        client.frame(RawHttp2.PRIORITY_UPDATE, 0, 0, update(1 + 2 * i, "u=1"));
      }
      client.send();
      assertThat(client.await(RawHttp2.GOAWAY).number(4)).isEqualTo(RawHttp2.PROTOCOL_ERROR);
    }
  }
}
