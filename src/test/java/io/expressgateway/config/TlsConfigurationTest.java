package io.expressgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.snapshot.ClientCertificateHeaders;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read from certificate files, and what is said when they are wrong. */
class TlsConfigurationTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");
  private static final X509Bundle SHOP = CERTIFICATES.server("shop.example");

  @TempDir private Path directory;

  @Test
  void readsChainAndKey() throws Exception {
    ListenerSpec listener = accepted(https(site(), key(SITE)));
    TlsSpec tls = listener.tls();
    assertThat(listener.protocol()).isEqualTo(ListenerSpec.Protocol.HTTPS);
    assertThat(tls.certificates().getFirst().chain())
        .containsExactlyElementsOf(SITE.getCertificatePathList());
    assertThat(tls.tls12()).isTrue();
    assertThat(tls.clientAuth()).isEqualTo(TlsSpec.ClientAuth.NONE);
    assertThat(tls.toString()).doesNotContain(SITE.getPrivateKeyPEM().substring(30, 60));
  }

  @Test
  void readsASpringSslBundle() throws Exception {
    String yaml =
        """
        spring.ssl.bundle.pem.site.keystore: { certificate: "file:%s", private-key: "file:%s" }
        %s
        """
            .formatted(site(), key(SITE), listener("https", "tls: { ssl-bundle: site }"));
    assertThat(accepted(yaml).tls().certificates().getFirst().chain().getFirst())
        .isEqualTo(SITE.getCertificate());
    assertThat(refused(listener("https", "tls: { ssl-bundle: nowhere }")))
        .containsExactly(
            "expressgateway.listeners[0].tls.ssl-bundle | nowhere | there is no such bundle | "
                + "write it under spring.ssl.bundle.pem.nowhere");
  }

  @Test
  void refusesAKeyOfAnotherCertificate() throws Exception {
    assertThat(refused(https(site(), key(SHOP))))
        .singleElement()
        .asString()
        .contains("private-key")
        .contains("is not the key of the first certificate in " + site());
  }

  @Test
  void refusesAKeyThatEverybodyMayRead() throws Exception {
    Path key = key(SITE);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(refused(https(site(), key)))
        .singleElement()
        .asString()
        .contains("every user of this machine may read it | chmod o-rwx " + key);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(accepted(https(site(), key)).tls()).isNotNull();
  }

  @Test
  void aSettingTurnsThatIntoAWarning() throws Exception {
    Path key = key(SITE);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    String allowing = https(site(), key) + "  tls: { world-readable-keys: warn }\n";
    assertThat(Fixture.accepted(Fixture.yaml(allowing)).warnings())
        .singleElement()
        .extracting(Problem::line)
        .asString()
        .contains("private-key")
        .contains("every user of this machine may read it")
        .contains("chmod o-rwx " + key);
  }

  @Test
  void theKeyOfABundleIsASecretToo() throws Exception {
    Path key = key(SITE);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    String bundle =
        """
        spring.ssl.bundle.pem.site.keystore: { certificate: "file:%s", private-key: "file:%s" }
        %s
        """
            .formatted(site(), key, listener("https", "tls: { ssl-bundle: site }"));
    assertThat(refused(bundle))
        .singleElement()
        .asString()
        .contains("spring.ssl.bundle.pem.site.keystore.private-key")
        .contains("every user of this machine may read it");
  }

  @Test
  void watchesEveryFileThatItReadUnlessToldOtherwise() throws Exception {
    String yaml = https(site(), key(SITE));
    assertThat(Fixture.accepted(Fixture.yaml(yaml)).watched())
        .containsExactlyInAnyOrder(directory.resolve("site.crt"), directory.resolve("site.key"));
    assertThat(Fixture.accepted(Fixture.yaml(yaml + "  tls: { watch: false }\n")).watched())
        .isEmpty();
  }

  @Test
  void readsTheHeadersThatTellOfClients() throws Exception {
    TlsSpec tls =
        accepted(
                mutual(
                    "client-subject-header: X-Subject, client-fingerprint-header: X-Print,"
                        + " client-cert-header: Client-Cert"))
            .tls();
    assertThat(tls.clientHeaders())
        .isEqualTo(new ClientCertificateHeaders("X-Subject", "X-Print", "Client-Cert"));
    assertThat(tls.clientCas()).containsExactly(CERTIFICATES.authority());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "client-subject-header: Host | has a meaning of its own",
        "client-subject-header: X-Forwarded-For | has a meaning of its own",
        "client-subject-header: X_Subject | is no header name",
        "client-subject-header: 'a b' | is no header name",
        "client-subject-header: X-A, client-cert-header: x-a | is the name at",
      })
  void refusesHeadersThatCannotTellOfClients(String keys, String reason) throws Exception {
    assertThat(refused(mutual(keys))).singleElement().asString().contains(reason);
  }

  @Test
  void refusesHeadersWhereNobodyIsAsked() throws Exception {
    String yaml = https(site(), key(SITE)).replace(" ] }", " ], client-subject-header: X-S }");
    assertThat(refused(yaml))
        .singleElement()
        .asString()
        .contains("client-auth is none, so there is no certificate to tell about");
  }

  @Test
  void aClusterTakesWhatItTrustsAndShowsFromABundle() throws Exception {
    TestCertificates.chainFile(directory, "own.crt", SITE);
    Path ca = Files.writeString(directory.resolve("ca.pem"), CERTIFICATES.authorityPem());
    String yaml =
        """
        spring.ssl.bundle.pem.app:
          truststore: { certificate: "file:%s" }
          keystore: { certificate: "file:%s", private-key: "file:%s" }
        expressgateway:
          listeners: [ { name: web, bind: "127.0.0.1:0" } ]
          clusters:
            - name: app
              protocol: http2
              tls: { enabled: true, ssl-bundle: app%s }
              endpoints: [ { address: "127.0.0.1:9001" } ]
        """;
    Compilation.Accepted accepted =
        Fixture.accepted(
            Fixture.yaml(yaml.formatted(ca, directory.resolve("own.crt"), key(SITE), "")));
    ClusterSpec.Tls tls = accepted.snapshot().clusters().getFirst().tls();
    assertThat(tls.cas()).containsExactly(CERTIFICATES.authority());
    assertThat(tls.own().chain().getFirst()).isEqualTo(SITE.getCertificate());
    assertThat(accepted.watched()).contains(ca, directory.resolve("site.key"));
    assertThat(
            refused(
                yaml.formatted(
                    ca, directory.resolve("own.crt"), key(SITE), ", ca: \"" + ca + "\"")))
        .singleElement()
        .asString()
        .contains("tls.ssl-bundle | app | there are files too");
  }

  private String mutual(String keys) throws Exception {
    Path ca = Files.writeString(directory.resolve("ca.pem"), CERTIFICATES.authorityPem());
    return https(site(), key(SITE))
        .replace(" ] }", " ], client-auth: want, client-ca: \"%s\", %s }".formatted(ca, keys));
  }

  @Test
  void refusesFilesThatAreAbsentOrHoldSomethingElse() throws Exception {
    Path text = Files.writeString(directory.resolve("text.pem"), "no PEM at all");
    assertThat(refused(https(directory.resolve("absent.pem"), key(SITE))))
        .singleElement()
        .asString()
        .contains("certificate | " + directory.resolve("absent.pem"))
        .contains("there is no such file");
    assertThat(refused(https(text, key(SITE)))).singleElement().asString().contains("certificate");
    // A certificate file where the key should be.
    Path chain = site();
    Files.setPosixFilePermissions(chain, PosixFilePermissions.fromString("rw-------"));
    assertThat(refused(https(site(), chain)))
        .singleElement()
        .asString()
        .contains("holds no readable private key");
  }

  @Test
  void refusesCertificatesThatNobodyUses() throws Exception {
    String tls = "tls: { certificates: [ { certificate: a.pem, private-key: b.pem } ] }";
    assertThat(refused(listener("http", tls)))
        .singleElement()
        .asString()
        .contains("a listener of protocol http uses no certificate");
  }

  @Test
  void theHashChangesWithTheCertificateOnly() throws Exception {
    String yaml = https(site(), key(SITE));
    String before = Fixture.accepted(Fixture.yaml(yaml)).snapshot().hash();
    assertThat(Fixture.accepted(Fixture.yaml(yaml)).snapshot().hash()).isEqualTo(before);
    X509Bundle renewed = CERTIFICATES.server("site.example");
    TestCertificates.chainFile(directory, "site.crt", renewed);
    TestCertificates.keyFile(directory, "site.key", renewed);
    assertThat(Fixture.accepted(Fixture.yaml(yaml)).snapshot().hash()).isNotEqualTo(before);
  }

  private Path site() throws Exception {
    return TestCertificates.chainFile(directory, "site.crt", SITE);
  }

  private Path key(X509Bundle bundle) throws Exception {
    return TestCertificates.keyFile(directory, "site.key", bundle);
  }

  private static String https(Path certificate, Path key) {
    return listener(
        "https",
        "tls: { certificates: [ { certificate: \"%s\", private-key: \"%s\" } ] }"
            .formatted(certificate, key));
  }

  private static String listener(String protocol, String rest) {
    return """
    expressgateway:
      listeners:
        - name: web
          bind: 127.0.0.1:8443
          protocol: %s
          %s
    """
        .formatted(protocol, rest);
  }

  private static ListenerSpec accepted(String yaml) {
    return Fixture.accepted(Fixture.yaml(yaml)).snapshot().listeners().getFirst();
  }

  private static List<String> refused(String yaml) {
    return Fixture.refused(Fixture.yaml(yaml));
  }
}
