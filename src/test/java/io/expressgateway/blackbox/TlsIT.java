package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS on both sides of the packaged jar: an https listener in front of an https listener. */
@Timeout(120)
class TlsIT {

  private static final TestCertificates CERTIFICATES = new TestCertificates();

  private static final String YAML =
      """
      expressgateway:
        listeners:
          - name: web
            bind: 127.0.0.1:0
            protocol: https
            tls: { certificates: [ { certificate: site.crt, private-key: site.key } ] }
          - name: inner
            bind: 127.0.0.1:%2$d
            protocol: https
            tls: { certificates: [ { certificate: site.crt, private-key: site.key } ] }
        clusters:
          - { name: app, endpoints: [ { address: "%1$s" } ] }
          - name: secured
            endpoints: [ { address: "127.0.0.1:%2$d" } ]
            tls: { enabled: true, ca: authority.crt, server-name: site.example }
        drain.settle: 0s
        # What changes here is read by signal and by call only.
        tls: { watch: false }
      spring.cloud.gateway.server.webflux.routes:
        - { id: twice, uri: "lb:https://secured", predicates: [ "Path=/**" ], filters: [ PreserveHostHeader ], metadata: { listeners: [ web ] } }
        - { id: app, uri: "lb://app", predicates: [ "Path=/**" ], metadata: { listeners: [ inner ] } }
      """;

  @TempDir static Path directory;

  private static Endpoint endpoint;
  private static GatewayJar gateway;

  @BeforeAll
  static void start() throws Exception {
    endpoint = Endpoint.start("app");
    write(CERTIFICATES.server("site.example"));
    Files.writeString(
        directory.resolve("authority.crt"), CERTIFICATES.authorityPem(), StandardCharsets.US_ASCII);
    gateway =
        GatewayJar.start(
            GatewayJar.file(directory, YAML.formatted(endpoint.address(), FreePort.choose())));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    endpoint.close();
  }

  @Test
  void aRequestPassesTwoHandshakes() throws Exception {
    try (SSLSocket client = connect()) {
      client
          .getOutputStream()
          .write(
              "GET /x HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).startsWith("HTTP/1.1 200").contains("app");
    }
  }

  @Test
  void theListenersSayThatTheyAreSecured() {
    assertThat(Http.get(gateway.management("/api/v1/listeners")).body())
        .contains("\"name\":\"web\",\"protocol\":\"https\"");
  }

  @Test
  void newCertificatesServeAfterTheCallAndAfterTheSignal() throws Exception {
    X509Bundle second = CERTIFICATES.server("site.example", "second.example");
    write(second);
    HttpResponse<String> reloaded =
        Http.postJson(gateway.management("/api/v1/certificates/reload"), "{}");
    assertThat(reloaded.statusCode()).isEqualTo(200);
    assertThat(shown()).isEqualTo(second.getCertificate());

    Files.writeString(directory.resolve("site.key"), "spoilt");
    HttpResponse<String> refused =
        Http.postJson(gateway.management("/api/v1/certificates/reload"), "{}");
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("private-key");
    assertThat(shown()).isEqualTo(second.getCertificate());

    X509Bundle third = CERTIFICATES.server("site.example", "third.example");
    write(third);
    gateway.signal("USR1");
    Awaitility.await("the third certificate")
        .atMost(Duration.ofSeconds(20))
        .until(() -> shown().equals(third.getCertificate()));
  }

  private static void write(X509Bundle bundle) throws Exception {
    TestCertificates.chainFile(directory, "site.crt", bundle);
    TestCertificates.keyFile(directory, "site.key", bundle);
  }

  private static X509Certificate shown() throws IOException {
    try (SSLSocket client = connect()) {
      return (X509Certificate) client.getSession().getPeerCertificates()[0];
    }
  }

  private static SSLSocket connect() throws IOException {
    URI uri = gateway.on("web", "/");
    SSLSocket socket = (SSLSocket) CERTIFICATES.trusting(null).getSocketFactory().createSocket();
    socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
    socket.setSoTimeout(30_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName("site.example")));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }
}
