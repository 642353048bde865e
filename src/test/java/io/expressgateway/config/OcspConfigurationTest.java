package io.expressgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.net.OcspStaple;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.tls.TestCertificates;
import io.expressgateway.tls.TestResponder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which OCSP responses are shown, and what is said about the others. */
class OcspConfigurationTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");
  private static final X509Bundle SHOP = CERTIFICATES.server("shop.example");

  @TempDir private Path directory;
  private TestResponder responder;

  @BeforeEach
  void openssl() throws Exception {
    TestResponder.needed();
    responder = new TestResponder(CERTIFICATES, directory);
  }

  @Test
  void aGoodResponseIsShownUntilItsNextUpdate() throws Exception {
    Path response = responder.good(SITE);
    OcspStaple staple = tls(response).certificates().getFirst().staple();
    assertThat(staple.response()).isEqualTo(Files.readAllBytes(response));
    assertThat(Duration.between(Instant.now(), staple.validUntil()))
        .isBetween(Duration.ofHours(23), Duration.ofHours(24));
  }

  @Test
  void aResponseIsAPartOfTheSnapshot() throws Exception {
    String before = Fixture.accepted(Fixture.yaml(yaml(responder.good(SITE)))).snapshot().hash();
    String without = Fixture.accepted(Fixture.yaml(yaml(null))).snapshot().hash();
    assertThat(without).isNotEqualTo(before);
  }

  @Test
  void anExpiredResponseIsNotShownAndReported() throws Exception {
    Compilation.Accepted accepted = Fixture.accepted(Fixture.yaml(yaml(responder.expired(SITE))));
    assertThat(accepted.snapshot().listeners().getFirst().tls().certificates().getFirst().staple())
        .isNull();
    assertThat(accepted.warnings())
        .singleElement()
        .extracting(Problem::line)
        .asString()
        .contains("certificates[0].ocsp-response")
        .contains("has expired on")
        .contains("it is not shown");
  }

  @Test
  void aResponseThatSaysRevokedIsRefused() throws Exception {
    assertThat(refused(responder.revoked(SITE))).containsIgnoringCase("revoked");
  }

  @Test
  void aResponseForAnotherCertificateIsRefused() throws Exception {
    assertThat(refused(responder.good(SHOP)))
        .contains("is not to be shown beside this certificate");
  }

  @Test
  void aResponseOfAnotherAuthorityIsRefused() throws Exception {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    TestResponder other = new TestResponder(new TestCertificates(), elsewhere);
    assertThat(refused(other.good(SITE))).contains("is not to be shown beside this certificate");
  }

  @Test
  void aResponseWithoutEndIsRefused() throws Exception {
    assertThat(refused(responder.endless(SITE))).contains("it has no nextUpdate");
  }

  @Test
  void whatIsNoResponseIsRefused() throws Exception {
    Path text = Files.writeString(directory.resolve("text.der"), "no DER at all");
    byte[] good = Files.readAllBytes(responder.good(SITE));
    Path half = Files.write(directory.resolve("half.der"), java.util.Arrays.copyOf(good, 100));
    Path forged = responder.forged(SITE);
    assertThat(refused(text)).contains("is no OCSP response");
    assertThat(refused(half)).contains("is no OCSP response");
    assertThat(refused(forged)).contains("ocsp-response");
    assertThat(refused(directory.resolve("absent.der"))).contains("cannot be read");
  }

  @Test
  void theIssuerHasToBeInTheFile() throws Exception {
    Files.writeString(directory.resolve("alone.crt"), SITE.getCertificatePEM());
    TestCertificates.keyFile(directory, "site.key", SITE);
    String yaml =
        yaml(responder.good(SITE))
            .replace(
                directory.resolve("site.crt").toString(),
                directory.resolve("alone.crt").toString());
    assertThat(Fixture.refused(Fixture.yaml(yaml)))
        .singleElement()
        .asString()
        .contains("append the issuer");
  }

  private TlsSpec tls(Path response) throws Exception {
    return Fixture.accepted(Fixture.yaml(yaml(response))).snapshot().listeners().getFirst().tls();
  }

  private String refused(Path response) throws Exception {
    return String.join("\n", Fixture.refused(Fixture.yaml(yaml(response))));
  }

  private String yaml(Path response) throws Exception {
    // The builder's chain may end before the authority; a file of a real one need not.
    Files.writeString(
        directory.resolve("site.crt"), SITE.getCertificatePEM() + CERTIFICATES.authorityPem());
    return """
    expressgateway:
      listeners:
        - name: web
          bind: 127.0.0.1:8443
          protocol: https
          tls:
            certificates:
              - { certificate: "%s", private-key: "%s"%s }
    """
        .formatted(
            directory.resolve("site.crt"),
            TestCertificates.keyFile(directory, "site.key", SITE),
            response == null ? "" : ", ocsp-response: \"" + response + "\"");
  }
}
