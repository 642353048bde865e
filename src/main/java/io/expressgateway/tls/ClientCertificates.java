package io.expressgateway.tls;

import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The client's certificate of a finished handshake, as text that is safe in a header. */
public final class ClientCertificates {

  private ClientCertificates() {}

  /** The certificate, verified by the handshake; null when the client showed none. */
  public static @Nullable X509Certificate shown(SSLEngine engine) {
    try {
      Certificate[] chain = engine.getSession().getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate own ? own : null;
    } catch (SSLPeerUnverifiedException none) {
      return null;
    }
  }

  /**
   * The subject as RFC 4514 writes it, in ASCII: bytes of other characters and of controls are
   * {@code \xx} (section 2.4). Empty when the certificate has no subject.
   */
  public static String subject(X509Certificate certificate) {
    String text = certificate.getSubjectX500Principal().getName(X500Principal.RFC2253);
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .forEach(point -> {
          if (point >= ' ' && point < 0x7f) {
            safe.append((char) point);
          } else {
            for (byte b : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
              safe.append('\\').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
          }
        });
    return safe.toString();
  }

  /** SHA-256 of the certificate in lower-case hexadecimal. */
  public static String fingerprint(X509Certificate certificate) {
    return io.expressgateway.net.KeyMaterial.fingerprint(List.of(certificate));
  }

  /** The certificate as a byte sequence of structured fields, as RFC 9440 section 2.2 has it. */
  public static String field(X509Certificate certificate) {
    try {
      return ":" + Base64.getEncoder().encodeToString(certificate.getEncoded()) + ":";
    } catch (CertificateEncodingException impossible) {
      throw new IllegalStateException("a certificate that was read can be written", impossible);
    }
  }
}
