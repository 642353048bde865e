package io.expressgateway.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The DNS names that a certificate is for: subject alternative names only (RFC 9525 section 6). */
final class CertificateNames {

  /** GeneralName's choice dNSName (RFC 5280 section 4.2.1.6). */
  private static final int DNS_NAME = 2;

  private CertificateNames() {}

  static List<String> of(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          if (name.get(0).equals(DNS_NAME)) {
            names.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateParsingException unreadable) {
      // A certificate without readable names is served to those who get it as the default.
      return List.of();
    }
    return names;
  }
}
