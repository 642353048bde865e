package io.expressgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.expressgateway.plane.DataPlane;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxySmokeTest {

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio"})
  void proxiesRequestsAndBodiesBothWays(String transport) throws Exception {
    HttpServer endpoint =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    endpoint.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          byte[] answer =
              (exchange.getRequestMethod()
                      + " "
                      + exchange.getRequestURI()
                      + " "
                      + new String(body, StandardCharsets.UTF_8))
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    endpoint.start();
    try (Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.getAddress().getPort())
                .transport(transport)
                .start();
        HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + gateway.port() + "/a?b=c");
      for (int i = 0; i < 50; i++) {
        HttpResponse<String> got =
            client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(got.statusCode()).isEqualTo(200);
        assertThat(got.body()).isEqualTo("GET /a?b=c ");
      }
      String big = "x".repeat(1_000_000);
      HttpResponse<String> posted =
          client.send(
              HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(big)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(posted.body()).isEqualTo("POST /a?b=c " + big);
      DataPlane.Ledger ledger = gateway.engine().ledger();
      assertThat(ledger.accepted()).isEqualTo(51);
      assertThat(ledger.completed()).isEqualTo(51);
    } finally {
      endpoint.stop(0);
    }
  }

  @Test
  void answers503WhenTheEndpointIsDown() throws Exception {
    try (Gateway gateway = Gateway.to(1);
        HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> got =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(got.statusCode()).isEqualTo(503);
      assertThat(got.body()).contains("\"why\":\"connect-failed\"");
    }
  }
}
