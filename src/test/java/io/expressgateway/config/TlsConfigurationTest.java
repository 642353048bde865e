package io.expressgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

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
