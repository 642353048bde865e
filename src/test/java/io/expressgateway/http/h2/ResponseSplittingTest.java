package io.expressgateway.http.h2;

import static io.expressgateway.http.h2.Http2EndpointTest.gateway;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.http.h1.RawEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses that would become two: nothing but 502 reaches the client, and it is served on. */
class ResponseSplittingTest {

  /** An HTTP/2 endpoint may put any byte into a field; an HTTP/1.1 client would read lines. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "CRLF in a value, x-a, 'a\\r\\nHTTP/1.1 200 OK'",
    "LF in a value, x-a, 'a\\nset-cookie: b=c'",
    "CR in a value, x-a, 'a\\rb'",
    "NUL in a value, x-a, 'a\\0b'",
    "CRLF in a name, 'x-a\\r\\nb', c",
    "colon in a name, 'x:y', c",
    "Transfer-Encoding, transfer-encoding, chunked",
    "Connection, connection, close",
    "a pseudo-header, :path, /",
    "two lengths, content-length, '5,6'",
  })
  void anHttp2EndpointCannotWriteLines(String what, String name, String value) throws Exception {
    Http2Endpoint.Script script =
        call -> {
          if (call.path().equals("/bad")) {
            call.head(200, false, raw(name), raw(value));
            call.data("x", true);
          } else {
            call.ok("good");
          }
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(script);
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port());
        RawClient neighbour = new RawClient(gateway.port())) {
      assertThat(neighbour.request("GET", "/").body()).isEqualTo("good");
      RawClient.Response answer = client.request("GET", "/bad");
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.head()).doesNotContain("set-cookie").doesNotContain("x-a");
      assertThat(client.request("GET", "/").body()).isEqualTo("good");
      assertThat(neighbour.request("GET", "/").body()).isEqualTo("good");
      assertThat(gateway.metrics.failures).containsExactly("upstream-malformed");
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  private static String raw(String text) {
    return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
  }

  /** Interim heads, HEAD and pipelining together: each response belongs to its request. */
  @Test
  void interimHeadsAndHeadResponsesKeepTheirPlaces() throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              request.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
              if (request.head().startsWith("HEAD")) {
                request.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
              } else {
                request.ok(request.target());
              }
            });
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      StringBuilder pipelined = new StringBuilder();
      for (int i = 0; i < 5; i++) {
        pipelined.append(RawClient.head("HEAD", "/head" + i));
        pipelined.append(RawClient.head("GET", "/get" + i));
      }
      client.send(pipelined.toString());
      for (int i = 0; i < 5; i++) {
        assertThat(client.read(true).status()).isEqualTo(103);
        assertThat(client.read(true).header("content-length")).isEqualTo("500");
        assertThat(client.read(true).status()).isEqualTo(103);
        assertThat(client.read(false).body()).isEqualTo("/get" + i);
      }
      assertThat(gateway.metrics.security).isEmpty();
    }
  }

  /** What follows a response to HEAD is no response to the next request. */
  @Test
  void aResponseBehindAHeadResponseIsNotTheNextClients() throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              if (request.head().startsWith("HEAD")) {
                String evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
                request.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: " + evil.length() + "\r\n\r\n" + evil);
              } else {
                request.ok("good");
              }
            });
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port());
        RawClient neighbour = new RawClient(gateway.port())) {
      assertThat(client.request("HEAD", "/").status()).isEqualTo(502);
      assertThat(neighbour.request("GET", "/").body()).isEqualTo("good");
      assertThat(client.request("GET", "/").body()).isEqualTo("good");
      assertThat(gateway.metrics.security).contains("upstream-extra-bytes:close");
      assertThat(endpoint.connections()).isEqualTo(2);
    }
  }
}
