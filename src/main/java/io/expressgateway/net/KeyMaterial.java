package io.expressgateway.net;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;

/**
 * A certificate chain and the key of its first certificate, as read from files. Equal when the
 * certificates are: a key belongs to one certificate. The text never shows the key.
 */
public final class KeyMaterial {

  private final List<X509Certificate> chain;
  private final PrivateKey privateKey;
  private final String fingerprint;

  /** The chain begins with the certificate that {@code privateKey} belongs to. */
  public KeyMaterial(List<X509Certificate> chain, PrivateKey privateKey) {
    this.chain = List.copyOf(chain);
    this.privateKey = privateKey;
    this.fingerprint = fingerprint(this.chain);
  }

  /** SHA-256 in hexadecimal over the encoded certificates, in order. */
  public static String fingerprint(List<X509Certificate> certificates) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (X509Certificate certificate : certificates) {
        digest.update(certificate.getEncoded());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    } catch (CertificateEncodingException impossible) {
      throw new IllegalStateException("a certificate that was read can be written", impossible);
    }
  }

  /** The certificates, the own one first. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** The key of the first certificate. */
  public PrivateKey privateKey() {
    return privateKey;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyMaterial material && material.fingerprint.equals(fingerprint);
  }

  @Override
  public int hashCode() {
    return fingerprint.hashCode();
  }

  /** The fingerprint of the chain. */
  @Override
  public String toString() {
    return fingerprint;
  }
}
