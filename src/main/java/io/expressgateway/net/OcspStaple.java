package io.expressgateway.net;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/**
 * An OCSP response that a server shows beside its certificate (RFC 6066 section 8), validated when
 * it was read. Equal when the bytes are. Immutable.
 */
public final class OcspStaple {

  private final byte[] response;
  private final Instant validUntil;
  private final String digest;

  /**
   * @param response DER of an OCSPResponse (RFC 6960 section 4.2.1)
   * @param validUntil its nextUpdate
   */
  public OcspStaple(byte[] response, Instant validUntil) {
    this.response = response.clone();
    this.validUntil = validUntil;
    this.digest = digest(this.response);
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  /** The bytes, a copy. */
  public byte[] response() {
    return response.clone();
  }

  /** Not to be shown from this moment on. */
  public Instant validUntil() {
    return validUntil;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OcspStaple staple && staple.digest.equals(digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  /** SHA-256 of the bytes. */
  @Override
  public String toString() {
    return digest;
  }
}
