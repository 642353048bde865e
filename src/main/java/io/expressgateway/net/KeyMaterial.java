package io.expressgateway.net;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain and the key of its first certificate, as read from files, with the OCSP
 * response that is shown beside it, if there is one. Equal when certificates and response are: a
 * key belongs to one certificate. The text never shows the key.
 */
public final class KeyMaterial {

  private final List<X509Certificate> chain;
  private final PrivateKey privateKey;
  private final @Nullable OcspStaple staple;
  private final String identity;

  /** The chain begins with the certificate that {@code privateKey} belongs to. */
  public KeyMaterial(List<X509Certificate> chain, PrivateKey privateKey) {
    this(chain, privateKey, null);
  }

  private KeyMaterial(
      List<X509Certificate> chain, PrivateKey privateKey, @Nullable OcspStaple staple) {
    this.chain = List.copyOf(chain);
    this.privateKey = privateKey;
    this.staple = staple;
    this.identity = fingerprint(this.chain) + (staple == null ? "" : "+" + staple);
  }

  /** The same with this response beside it. */
  public KeyMaterial with(@Nullable OcspStaple shown) {
    return new KeyMaterial(chain, privateKey, shown);
  }

  /** The OCSP response that a server shows; null for none. */
  public @Nullable OcspStaple staple() {
    return staple;
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
    return other instanceof KeyMaterial material && material.identity.equals(identity);
  }

  @Override
  public int hashCode() {
    return identity.hashCode();
  }

  /** The fingerprint of the chain, and of the response. */
  @Override
  public String toString() {
    return identity;
  }
}
