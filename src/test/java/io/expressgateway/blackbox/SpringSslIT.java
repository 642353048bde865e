package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Spring Cloud Gateway's own keys for TLS, in front and towards endpoints. */
@Timeout(120)
class SpringSslIT {

  private static final TestCertificates CERTIFICATES = new TestCertificates();

  /** Its route leads back to its own listener once, so that both handshakes are its own. */
  private static final String YAML =
      """
      server:
        port: %d
        address: 127.0.0.1
        http2.enabled: true
        ssl: { certificate: "file:site.crt", certificate-private-key: "file:site.key" }
      spring.cloud.gateway.server.webflux:
        httpclient.ssl.trusted-x509-certificates: [ authority.crt ]
        routes:
          - { id: app, uri: "http://%s", predicates: [ "Path=/app/**" ] }
          - id: again
            uri: https://127.0.0.1:%1$d
            predicates: [ "Path=/again/**" ]
            filters: [ StripPrefix=1 ]
      expressgateway.drain.settle: 0s
      """;

  @TempDir Path directory;

  @Test
  void serverSslSecuresTheListenerAndHttpClientSslTheEndpoints() throws Exception {
    X509Bundle site = CERTIFICATES.server("localhost");
    TestCertificates.chainFile(directory, "site.crt", site);
    TestCertificates.keyFile(directory, "site.key", site);
    Files.writeString(directory.resolve("authority.crt"), CERTIFICATES.authorityPem());
    int port = FreePort.choose();
    try (Endpoint endpoint = Endpoint.start("app");
        GatewayJar gateway =
            GatewayJar.start(GatewayJar.file(directory, YAML.formatted(port, endpoint.address())));
        HttpClient client =
            HttpClient.newBuilder().sslContext(CERTIFICATES.trusting(null)).build()) {
      HttpResponse<String> got = get(client, port, "/app/x");
      assertThat(got.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(got.body()).contains("app /app/x");
      assertThat(get(client, port, "/again/app/y").body()).contains("app /app/y");
      // Management stays in clear text.
      assertThat(Http.get(gateway.management("/readyz")).statusCode()).isEqualTo(200);
      assertThat(Http.get(gateway.management("/api/v1/listeners")).body())
          .contains("\"name\":\"default\",\"protocol\":\"https\"");
    }
  }

  private static HttpResponse<String> get(HttpClient client, int port, String path)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("https://localhost:" + port + path)).build(),
        BodyHandlers.ofString());
  }
}
