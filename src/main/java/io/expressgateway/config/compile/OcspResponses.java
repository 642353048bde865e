package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.net.OcspStaple;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * OCSP responses in files, validated as a client would: for this certificate, signed by its issuer
 * or by whom that has delegated, {@code good}, and of today (RFC 6960 section 3.2). The JDK's own
 * validator does it, which knows certificates in responses by SHA-1 only. Never asks a responder.
 */
final class OcspResponses {

  /** Responses have about 500 bytes, or 2000 with a delegated responder's certificate. */
  private static final long MAX_BYTES = 64 * 1024;

  private final Problems problems;

  OcspResponses(Problems problems) {
    this.problems = problems;
  }

  /**
   * The response to show beside a chain; null when there is none to show, which was reported: as a
   * warning when it is merely too old, else as a refusal.
   */
  @Nullable OcspStaple read(String key, String file, List<X509Certificate> chain) {
    byte[] response = bytes(key, file);
    if (response == null) {
      return null;
    }
    if (chain.size() < 2) {
      problems.refuse(
          key,
          file,
          "cannot be verified without the certificate's issuer",
          "append the issuer to the certificate's file");
      return null;
    }
    Instant validUntil;
    try {
      validUntil = OcspDates.nextUpdate(response);
    } catch (IllegalArgumentException malformed) {
      problems.refuse(
          key,
          file,
          "is no OCSP response: " + malformed.getMessage(),
          "write the DER of a response with nextUpdate, as openssl ocsp -respout does");
      return null;
    }
    if (!validUntil.isAfter(Instant.now())) {
      warnOfOld(key, file, validUntil);
      return null;
    }
    return isGood(key, file, response, chain) ? new OcspStaple(response, validUntil) : null;
  }

  private byte @Nullable [] bytes(String key, String file) {
    Path path = Path.of(file);
    try {
      if (Files.size(path) <= MAX_BYTES) {
        return Files.readAllBytes(path);
      }
    } catch (IOException unreadable) {
      problems.refuse(key, file, "cannot be read", "name a DER file that this user may read");
      return null;
    }
    problems.refuse(key, file, "is larger than 64 KiB", "name a DER file with one response");
    return null;
  }

  private void warnOfOld(String key, String file, Instant validUntil) {
    problems.warn(
        key, file, "has expired on " + validUntil + ", so it is not shown", "fetch a new one");
  }

  private boolean isGood(String key, String file, byte[] response, List<X509Certificate> chain) {
    X509Certificate own = chain.getFirst();
    try {
      CertPathValidator validator = CertPathValidator.getInstance("PKIX");
      PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
      checker.setOptions(EnumSet.of(Option.ONLY_END_ENTITY, Option.NO_FALLBACK));
      checker.setOcspResponses(Map.of(own, response));
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(chain.get(1), null)));
      parameters.addCertPathChecker(checker);
      validator.validate(
          CertificateFactory.getInstance("X.509").generateCertPath(List.of(own)), parameters);
      return true;
    } catch (CertPathValidatorException invalid) {
      report(key, file, invalid);
    } catch (GeneralSecurityException unusable) {
      refuse(key, file, String.valueOf(unusable.getMessage()));
    }
    return false;
  }

  private void report(String key, String file, CertPathValidatorException invalid) {
    if (invalid.getReason() == BasicReason.EXPIRED
        || invalid.getReason() == BasicReason.NOT_YET_VALID) {
      problems.warn(
          key,
          file,
          "is not shown, because the certificate is out of date",
          "renew the certificate and fetch a response for it");
    } else {
      refuse(key, file, String.valueOf(invalid.getMessage()));
    }
  }

  private void refuse(String key, String file, String reason) {
    problems.refuse(
        key,
        file,
        "is not to be shown beside this certificate: " + reason,
        "fetch a response for it from its issuer's responder, with openssl ocsp");
  }
}
