package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.net.KeyMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.pem.PemContent;

/**
 * Certificates and keys in PEM files, read with Boot's own reader, and everything that can be wrong
 * with them. Paths are relative to the working directory. Confined to the thread that compiles.
 */
final class KeyFiles {

  private final Problems problems;

  KeyFiles(Problems problems) {
    this.problems = problems;
  }

  /** A chain and its key; null when a problem was reported. */
  @Nullable KeyMaterial read(String key, String certificateFile, String keyFile) {
    List<X509Certificate> chain = certificates(key + ".certificate", certificateFile);
    PrivateKey privateKey = privateKey(key + ".private-key", keyFile);
    if (chain.isEmpty() || privateKey == null) {
      return null;
    }
    if (!KeyPairs.belong(privateKey, chain.getFirst().getPublicKey())) {
      problems.refuse(
          key + ".private-key",
          keyFile,
          "is not the key of the first certificate in " + certificateFile,
          "name the key that the certificate was made for; the own certificate comes first");
      return null;
    }
    warnIfOutOfDate(key + ".certificate", certificateFile, chain.getFirst());
    return new KeyMaterial(chain, privateKey);
  }

  /** The certificates of a file, in order; empty when a problem was reported. */
  List<X509Certificate> certificates(String key, String file) {
    PemContent content = content(key, file);
    if (content == null) {
      return List.of();
    }
    try {
      List<X509Certificate> found = content.getCertificates();
      if (!found.isEmpty()) {
        return found;
      }
    } catch (RuntimeException malformed) {
      // Reported below: what the parser says does not help more.
    }
    problems.refuse(
        key, file, "holds no readable certificate", "write PEM, as in BEGIN CERTIFICATE");
    return List.of();
  }

  private @Nullable PrivateKey privateKey(String key, String file) {
    PemContent content = content(key, file);
    if (content == null || isReadableByAll(key, file)) {
      return null;
    }
    try {
      PrivateKey found = content.getPrivateKey();
      if (found != null) {
        return found;
      }
    } catch (RuntimeException malformed) {
      // Reported below, without anything that the file holds.
    }
    problems.refuse(
        key,
        file,
        "holds no readable private key",
        "write PEM without a passphrase, as in BEGIN PRIVATE KEY");
    return null;
  }

  private @Nullable PemContent content(String key, String file) {
    try {
      return PemContent.load(Path.of(file));
    } catch (IOException | RuntimeException unreadable) {
      problems.refuse(
          key,
          file,
          "cannot be read: " + reason(Path.of(file)),
          "name a PEM file that this user may read");
      return null;
    }
  }

  private static String reason(Path file) {
    if (!Files.exists(file)) {
      return "there is no such file";
    }
    return Files.isReadable(file) ? "it is no PEM file" : "permission denied";
  }

  /** A key that everybody on the machine may read is no secret. */
  private boolean isReadableByAll(String key, String file) {
    try {
      if (Files.getPosixFilePermissions(Path.of(file)).contains(PosixFilePermission.OTHERS_READ)) {
        problems.refuse(key, file, "every user of this machine may read it", "chmod o-rwx " + file);
        return true;
      }
    } catch (IOException | UnsupportedOperationException noSuchPermissions) {
      return false;
    }
    return false;
  }

  private void warnIfOutOfDate(String key, String file, X509Certificate certificate) {
    Instant now = Instant.now();
    if (now.isAfter(certificate.getNotAfter().toInstant())) {
      problems.warn(
          key, file, "has expired on " + certificate.getNotAfter().toInstant(), "renew it");
    } else if (now.isBefore(certificate.getNotBefore().toInstant())) {
      problems.warn(
          key,
          file,
          "is not valid before " + certificate.getNotBefore().toInstant(),
          "check the clock, or wait");
    }
  }
}
