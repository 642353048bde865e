package io.expressgateway.config.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.config.Fixture;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.StandardEnvironment;

/**
 * {@code server.ssl.*} makes the listener default https, {@code httpclient.ssl.*} its endpoints.
 */
class ServerSslTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");

  private static final String ROUTES =
      """
      spring.cloud.gateway.server.webflux.routes:
        - { id: app, uri: "https://app.internal", predicates: [ "Path=/**" ] }
      """;

  @TempDir private Path directory;

  @Test
  void aPemCertificateMakesTheDefaultListenerHttps() throws Exception {
    ListenerSpec listener = accepted(pem(""));
    assertThat(listener.name()).isEqualTo("default");
    assertThat(listener.protocol()).isEqualTo(ListenerSpec.Protocol.HTTPS);
    assertThat(listener.bind().port()).isEqualTo(18_443);
    assertThat(listener.tls().certificates().getFirst().chain().getFirst())
        .isEqualTo(SITE.getCertificate());
    assertThat(listener.tls().http2()).isFalse();
    assertThat(listener.tls().tls12()).isTrue();
  }

  @Test
  void http2IsOfferedWhenServerHttp2SaysSo() throws Exception {
    assertThat(accepted(pem("") + "server.http2.enabled: true\n").tls().http2()).isTrue();
  }

  @Test
  void aKeyStoreServesToo() throws Exception {
    String yaml =
        "server: { ssl: { key-store: \"file:%s\", key-store-password: secret } }\n"
            .formatted(keyStore());
    assertThat(accepted(yaml).tls().certificates().getFirst().chain().getFirst())
        .isEqualTo(SITE.getCertificate());
  }

  @Test
  void aBundleServesToo() throws Exception {
    String yaml =
        """
        spring.ssl.bundle.pem.site.keystore: { certificate: "file:%s", private-key: "file:%s" }
        server.ssl.bundle: site
        """
            .formatted(certificate(), key());
    assertThat(accepted(yaml).tls().certificates().getFirst().chain().getFirst())
        .isEqualTo(SITE.getCertificate());
  }

  @Test
  void clientsAreAskedAsClientAuthAndTheTrustedCertificatesSay() throws Exception {
    Path ca = authority();
    TlsSpec tls =
        accepted(
                pem(
                    ", client-auth: NEED, trust-certificate: \"file:%s\", enabled-protocols: TLSv1.3"
                        .formatted(ca)))
            .tls();
    assertThat(tls.clientAuth()).isEqualTo(TlsSpec.ClientAuth.NEED);
    assertThat(tls.clientCas()).containsExactly(CERTIFICATES.authority());
    assertThat(tls.tls12()).isFalse();
  }

  @Test
  void whatIsSwitchedOffIsClearText() throws Exception {
    assertThat(accepted(pem(", enabled: false")).protocol()).isEqualTo(ListenerSpec.Protocol.HTTP);
  }

  @Test
  void whatCannotBeKeptIsRefused() throws Exception {
    assertThat(refused(pem(", ciphers: TLS_RSA_WITH_AES_128_CBC_SHA")))
        .anyMatch(line -> line.startsWith("server.ssl.ciphers |"));
    assertThat(refused(pem(", client-auth: need")))
        .anyMatch(line -> line.contains("no CA is named"));
    assertThat(refused("server: { ssl: { certificate: \"file:/nowhere.pem\" } }\n"))
        .anyMatch(line -> line.startsWith("server.ssl | server.ssl | cannot be used"));
    assertThat(refused(pem(", enabled-protocols: \"TLSv1.1,TLSv1.2\"")))
        .anyMatch(line -> line.startsWith("server.ssl.enabled-protocols |"));
  }

  @Test
  void besideListenersItIsRefused() throws Exception {
    assertThat(
            refused(pem("") + "expressgateway.listeners: [ { name: a, bind: \"127.0.0.1:0\" } ]\n"))
        .anyMatch(line ->
            line.startsWith("server.ssl.certificate |")
                && line.contains("write listeners of protocol https"));
  }

  @Test
  void theManagementServerDoesNotSeeIt() throws Exception {
    StandardEnvironment environment = Fixture.yaml(pem(""));
    GatewayEnvironment.apply(environment);
    assertThat(environment.getProperty("server.ssl.certificate")).isNull();
    assertThat(WrittenKeys.of(environment).value("server.ssl.certificate")).isPresent();
  }

  @Test
  void addressesOfRoutesAreVerifiedAsHttpClientSaysIt() throws Exception {
    String prefix = "spring.cloud.gateway.server.webflux.httpclient.ssl: ";
    ClusterSpec.Tls trusting =
        implicit(prefix + "{ trusted-x509-certificates: [ \"%s\" ] }\n".formatted(authority()));
    assertThat(trusting.cas()).containsExactly(CERTIFICATES.authority());
    assertThat(trusting.verify()).isTrue();

    assertThat(implicit(prefix + "{ use-insecure-trust-manager: true }\n").verify()).isFalse();
    assertThat(
            implicit(
                    prefix
                        + "{ key-store: \"file:%s\", key-store-password: secret }\n"
                            .formatted(keyStore()))
                .own()
                .chain()
                .getFirst())
        .isEqualTo(SITE.getCertificate());
    assertThat(implicit("")).isEqualTo(ClusterSpec.Tls.DEFAULTS);
    assertThat(refused(prefix + "{ trusted-x509-certificates: /nowhere.pem }\n"))
        .anyMatch(line -> line.contains("trusted-x509-certificates | /nowhere.pem"));
  }

  private ClusterSpec.Tls implicit(String yaml) {
    return Fixture.accepted(Fixture.yaml(yaml + ROUTES)).snapshot().clusters().getFirst().tls();
  }

  private static ListenerSpec accepted(String yaml) {
    return Fixture.accepted(Fixture.yaml(yaml + ROUTES)).snapshot().listeners().getFirst();
  }

  private static List<String> refused(String yaml) {
    return Fixture.refused(Fixture.yaml(yaml + ROUTES));
  }

  private String pem(String more) throws Exception {
    return """
    server: { port: 18443, ssl: { certificate: "file:%s", certificate-private-key: "file:%s"%s } }
    """
        .formatted(certificate(), key(), more);
  }

  private Path certificate() throws Exception {
    return TestCertificates.chainFile(directory, "site.crt", SITE);
  }

  private Path key() throws Exception {
    return TestCertificates.keyFile(directory, "site.key", SITE);
  }

  private Path authority() throws Exception {
    return Files.writeString(directory.resolve("ca.pem"), CERTIFICATES.authorityPem());
  }

  private Path keyStore() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "site",
        SITE.getKeyPair().getPrivate(),
        "secret".toCharArray(),
        SITE.getCertificatePathList().toArray(Certificate[]::new));
    Path file = directory.resolve("site.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, "secret".toCharArray());
    }
    return file;
  }
}
