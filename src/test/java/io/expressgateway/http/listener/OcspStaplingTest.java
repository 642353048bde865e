package io.expressgateway.http.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.net.OcspStaple;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.tls.TestCertificates;
import io.expressgateway.tls.TestResponder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OCSP responses as openssl's client sees them. */
class OcspStaplingTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");
  private static final X509Bundle SHOP = CERTIFICATES.server("shop.example");

  @TempDir private Path directory;
  private byte[] good;

  @BeforeEach
  void openssl() throws Exception {
    TestResponder.needed();
    good = Files.readAllBytes(new TestResponder(CERTIFICATES, directory).good(SITE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void theResponseIsShownWithItsCertificateOnly(String version) throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway =
            SecureClient.gateway(endpoint, spec(Instant.now().plus(Duration.ofHours(1))))) {
      assertThat(ask(gateway, "site.example", version))
          .contains("OCSP Response Status: successful (0x0)")
          .contains("Cert Status: good");
      assertThat(ask(gateway, "shop.example", version)).contains("OCSP response: no response sent");
      try (SecureClient neighbour =
          SecureClient.connect(CERTIFICATES.trusting(null), gateway, "site.example")) {
        assertThat(neighbour.get("site.example", "/n")).endsWith("/n");
      }
    }
  }

  @Test
  void aResponseWhoseTimeIsOverIsNotShown() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = SecureClient.gateway(endpoint, spec(Instant.now().minusSeconds(1)))) {
      assertThat(ask(gateway, "site.example", "-tls1_3"))
          .contains("OCSP response: no response sent")
          .contains("BEGIN CERTIFICATE");
    }
  }

  private TlsSpec spec(Instant until) {
    TlsSpec plain = TestCertificates.spec(SITE);
    return new TlsSpec(
        List.of(
            TestCertificates.material(SITE).with(new OcspStaple(good, until)),
            TestCertificates.material(SHOP)),
        plain.clientAuth(),
        List.of(),
        true,
        plain.handshakeTimeout());
  }

  private String ask(Gateway gateway, String name, String version) throws Exception {
    Path output = Files.createTempFile(directory, "client", ".out");
    new ProcessBuilder(
            "openssl",
            "s_client",
            "-connect",
            "127.0.0.1:" + gateway.port(),
            "-servername",
            name,
            "-status",
            version)
        .redirectErrorStream(true)
        .redirectInput(new java.io.File("/dev/null"))
        .redirectOutput(output.toFile())
        .start()
        .waitFor();
    return Files.readString(output);
  }
}
