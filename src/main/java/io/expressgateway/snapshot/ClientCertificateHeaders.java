package io.expressgateway.snapshot;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Request headers in which endpoints are told who the client's verified certificate says it is.
 *
 * @param subject name of the header with the subject (RFC 4514); null for none
 * @param fingerprint name of the header with the SHA-256 fingerprint; null for none
 * @param certificate name of the header with the certificate (RFC 9440); null for none
 */
public record ClientCertificateHeaders(
    @Nullable String subject, @Nullable String fingerprint, @Nullable String certificate) {

  /** Nothing is told. */
  public static final ClientCertificateHeaders NONE =
      new ClientCertificateHeaders(null, null, null);

  /** Those that are set. */
  public List<String> names() {
    List<String> names = new ArrayList<>(3);
    if (subject != null) {
      names.add(subject);
    }
    if (fingerprint != null) {
      names.add(fingerprint);
    }
    if (certificate != null) {
      names.add(certificate);
    }
    return names;
  }
}
