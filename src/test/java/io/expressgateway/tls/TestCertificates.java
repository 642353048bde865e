package io.expressgateway.tls;

import io.expressgateway.net.KeyMaterial;
import io.expressgateway.snapshot.TlsSpec;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A certificate authority made for one test and what it signs. */
public final class TestCertificates {

  private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";

  private final X509Bundle authority;

  public TestCertificates() {
    try {
      authority =
          new CertificateBuilder()
              .ecp256()
              .subject("CN=ExpressGateway test authority")
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A server certificate for these DNS names; the address 127.0.0.1 is in all of them. */
  public X509Bundle server(String... names) {
    return sign(
        new CertificateBuilder()
            .ecp256()
            .subject("CN=" + names[0])
            .addExtensionOctetString(SUBJECT_ALTERNATIVE_NAME, false, alternativeNames(names))
            .addExtendedKeyUsageServerAuth());
  }

  /** A server certificate whose time was over yesterday. */
  public X509Bundle expired(String... names) {
    Instant now = Instant.now();
    return sign(
        new CertificateBuilder()
            .ecp256()
            .subject("CN=" + names[0])
            .notBefore(now.minus(Duration.ofDays(10)))
            .notAfter(now.minus(Duration.ofDays(1)))
            .addExtensionOctetString(SUBJECT_ALTERNATIVE_NAME, false, alternativeNames(names))
            .addExtendedKeyUsageServerAuth());
  }

  /** DER by hand (RFC 5280 section 4.2.1.6), because the builder refuses wildcards. */
  private static byte[] alternativeNames(String... names) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (String name : names) {
      content.write(0x82);
      content.write(name.length());
      content.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    }
    content.writeBytes(new byte[] {(byte) 0x87, 4, 127, 0, 0, 1});
    ByteArrayOutputStream sequence = new ByteArrayOutputStream();
    sequence.write(0x30);
    sequence.write(content.size());
    sequence.writeBytes(content.toByteArray());
    return sequence.toByteArray();
  }

  public X509Bundle client(String subject) {
    return sign(new CertificateBuilder().ecp256().subject(subject).addExtendedKeyUsageClientAuth());
  }

  private X509Bundle sign(CertificateBuilder builder) {
    try {
      return builder.buildIssuedBy(authority);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public X509Certificate authority() {
    return authority.getCertificate();
  }

  public String authorityPem() {
    return authority.getCertificatePEM();
  }

  public String authorityKeyPem() {
    return authority.getPrivateKeyPEM();
  }

  public static KeyMaterial material(X509Bundle bundle) {
    return new KeyMaterial(bundle.getCertificatePathList(), bundle.getKeyPair().getPrivate());
  }

  /** TLS with these certificates and nobody asked for one. */
  public static TlsSpec spec(X509Bundle... bundles) {
    return new TlsSpec(
        Arrays.stream(bundles).map(TestCertificates::material).toList(),
        TlsSpec.ClientAuth.NONE,
        List.of(),
        true,
        Duration.ofSeconds(5));
  }

  /** A client that trusts the authority, shows {@code own} if not null. */
  public SSLContext trusting(@Nullable X509Bundle own) {
    try {
      KeyManager[] keys = own == null ? null : own.toKeyManagerFactory().getKeyManagers();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, new TrustManager[] {authority.toTrustManager()}, null);
      return context;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes the chain; its path. */
  public static Path chainFile(Path directory, String name, X509Bundle bundle) throws Exception {
    return Files.writeString(directory.resolve(name), bundle.getCertificatePathPEM());
  }

  /** Writes the key so that only its owner may read it; its path. */
  public static Path keyFile(Path directory, String name, X509Bundle bundle) throws Exception {
    Path file = Files.writeString(directory.resolve(name), bundle.getPrivateKeyPEM());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }
}
