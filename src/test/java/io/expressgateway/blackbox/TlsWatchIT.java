package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates in a mount like Kubernetes' are read again when it is swapped. */
@Timeout(120)
class TlsWatchIT {

  private static final TestCertificates CERTIFICATES = new TestCertificates();

  private static final String YAML =
      """
      expressgateway:
        listeners:
          - name: web
            bind: 127.0.0.1:0
            protocol: https
            tls: { certificates: [ { certificate: site.crt, private-key: site.key } ] }
        clusters:
          - { name: app, endpoints: [ { address: "%s" } ] }
        drain.settle: 0s
      spring.cloud.gateway.server.webflux.routes:
        - { id: app, uri: "lb://app", predicates: [ "Path=/**" ] }
      """;

  @TempDir static Path directory;

  private static Endpoint endpoint;
  private static GatewayJar gateway;
  private static int versions;

  @BeforeAll
  static void start() throws Exception {
    endpoint = Endpoint.start("app");
    swap(CERTIFICATES.server("site.example"), null);
    Files.createSymbolicLink(directory.resolve("site.crt"), Path.of("..data/site.crt"));
    Files.createSymbolicLink(directory.resolve("site.key"), Path.of("..data/site.key"));
    gateway = GatewayJar.start(GatewayJar.file(directory, YAML.formatted(endpoint.address())));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    endpoint.close();
  }

  @Test
  void aSwappedMountServesNewConnectionsAndBrokenFilesChangeNothing() throws Exception {
    try (SSLSocket before = connect()) {
      assertThat(answer(before)).startsWith("HTTP/1.1 200");

      X509Bundle second = CERTIFICATES.server("site.example", "second.example");
      swap(second, null);
      awaitShown(second);

      swap(CERTIFICATES.server("site.example"), "spoilt");
      Awaitility.await("the refusal is seen")
          .atMost(Duration.ofSeconds(30))
          .until(() -> metric().endsWith(" 0.0"));
      assertThat(shown()).isEqualTo(second.getCertificate());
      assertThat(gateway.out())
          .filteredOn(line -> line.contains("not refreshed"))
          .singleElement()
          .asString()
          .contains("private-key")
          .contains("holds no readable private key")
          .contains("site.key");

      X509Bundle third = CERTIFICATES.server("site.example", "third.example");
      swap(third, null);
      awaitShown(third);
      assertThat(metric()).endsWith(" 1.0");
      // The connection of the beginning has seen nothing of it.
      assertThat(answer(before)).startsWith("HTTP/1.1 200");
    }
  }

  /** As kubelet does it: another directory, and the link to it renamed over the old one. */
  private static void swap(X509Bundle bundle, String key) throws Exception {
    String version = "..v" + versions++;
    Path made = Files.createDirectory(directory.resolve(version));
    TestCertificates.chainFile(made, "site.crt", bundle);
    Path file = TestCertificates.keyFile(made, "site.key", bundle);
    if (key != null) {
      Files.writeString(file, key);
    }
    Path link = Files.createSymbolicLink(directory.resolve("..tmp"), Path.of(version));
    Files.move(link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void awaitShown(X509Bundle bundle) {
    Awaitility.await("the new certificate")
        .atMost(Duration.ofSeconds(30))
        .until(() -> shown().equals(bundle.getCertificate()));
  }

  private static String metric() {
    return Http.get(gateway.management("/actuator/prometheus"))
        .body()
        .lines()
        .filter(line -> line.startsWith("expressgateway_last_reload_accepted"))
        .findFirst()
        .orElse("absent");
  }

  private static X509Certificate shown() throws IOException {
    try (SSLSocket client = connect()) {
      return (X509Certificate) client.getSession().getPeerCertificates()[0];
    }
  }

  /** The response whose body is the endpoint's name and the path. */
  private static String answer(SSLSocket client) throws IOException {
    client
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: site.example\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    StringBuilder text = new StringBuilder();
    while (!text.toString().endsWith("\r\n\r\napp /")) {
      int next = client.getInputStream().read();
      if (next < 0) {
        break;
      }
      text.append((char) next);
    }
    return text.toString();
  }

  private static SSLSocket connect() throws IOException {
    URI uri = gateway.on("web", "/");
    SSLSocket socket = (SSLSocket) CERTIFICATES.trusting(null).getSocketFactory().createSocket();
    socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
    socket.setSoTimeout(30_000);
    socket.startHandshake();
    return socket;
  }
}
