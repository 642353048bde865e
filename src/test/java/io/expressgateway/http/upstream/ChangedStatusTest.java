package io.expressgateway.http.upstream;

import static io.expressgateway.http.fault.FaultyEndpoint.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.FaultyEndpoint;
import io.expressgateway.http.fault.FaultyEndpoint.Script;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.http.fault.RawClient.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The status that the client gets decides how the response is framed (RFC 9112 section 6.3),
 * whatever the endpoint's own status was: a body that the client does not expect would be read as
 * the next response.
 */
class ChangedStatusTest {

  private static Script answering(String response) {
    return connection -> {
      while (connection.readRequest() != null) {
        connection.send(response);
      }
    };
  }

  private static Gateway gateway(FaultyEndpoint endpoint, String... filters) {
    return Gateway.builder()
        .endpoints(endpoint.port())
        .route("plain", List.of("Path=/plain"), List.of(), Map.of())
        .route(
            "changed",
            List.of(),
            List.of(filters).stream().map(Gateway::shortcut).toList(),
            Map.of())
        .start();
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void noBodyFollowsAStatusThatHasNone(int status) throws Exception {
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    for (String response : List.of(ok("hello"), chunked)) {
      try (FaultyEndpoint endpoint = FaultyEndpoint.start(answering(response));
          Gateway gateway = gateway(endpoint, "SetStatus=" + status);
          RawClient client = new RawClient(gateway.port())) {
        Response changed = client.request("GET", "/");
        assertThat(changed.status()).isEqualTo(status);
        assertThat(changed.header("transfer-encoding")).isEmpty();
        assertThat(client.request("GET", "/plain").body()).isEqualTo("hello");
        assertThat(endpoint.connections).hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"204 No Content\r\n", "304 Not Modified\r\nContent-Length: 5\r\n"})
  void aStatusThatMayHaveABodySaysThatThereIsNone(String statusAndFields) throws Exception {
    Script empty = answering("HTTP/1.1 " + statusAndFields + "\r\n");
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(empty);
        Gateway gateway = gateway(endpoint, "SetStatus=200");
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 2; i++) {
        Response changed = client.request("GET", "/");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.header("content-length")).isEqualTo("0");
      }
    }
  }

  @Test
  void anAnswerOfTheGatewayIsFramedByItsStatusToo() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway = gateway(endpoint, "SetStatus=204", "RequestSize=1");
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.post("POST", "/", "four").status()).isEqualTo(204);
      assertThat(client.in.read()).isEqualTo(-1);
    }
  }

  /** RFC 9110 section 8.6: a length there is a body to a client that reads it so. */
  @ParameterizedTest
  @CsvSource({"103 Early Hints", "204 No Content"})
  void interimAndNoContentHeadsAnnounceNoLength(String status) throws Exception {
    Script script =
        answering("HTTP/1.1 " + status + "\r\nContent-Length: 5\r\n\r\n" + finalAfter(status));
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(script);
        Gateway gateway = gateway(endpoint);
        RawClient client = new RawClient(gateway.port())) {
      Response head = client.request("GET", "/");
      assertThat(head.head()).startsWith("HTTP/1.1 " + status);
      assertThat(head.header("content-length")).isEmpty();
    }
  }

  private static String finalAfter(String status) {
    return status.startsWith("1") ? ok("final") : "";
  }
}
