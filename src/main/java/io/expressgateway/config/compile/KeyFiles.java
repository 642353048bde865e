package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.config.properties.CertificateProperties;
import io.expressgateway.net.KeyMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.pem.PemContent;

/**
 * Certificates and keys in PEM files, read with Boot's own reader, and everything that can be wrong
 * with them. Paths are relative to the working directory. Remembers which files it was asked for,
 * so that somebody can watch them. Confined to the thread that compiles.
 */
public final class KeyFiles {

  private final Problems problems;
  private final boolean worldReadableAllowed;
  private final Set<Path> seen = new TreeSet<>();

  /**
   * Reports to {@code problems}.
   *
   * @param worldReadableAllowed whether a key that everybody may read is only warned of
   */
  public KeyFiles(Problems problems, boolean worldReadableAllowed) {
    this.problems = problems;
    this.worldReadableAllowed = worldReadableAllowed;
  }

  /** Every file that was asked for, also those that could not be read. */
  public Set<Path> seen() {
    return Set.copyOf(seen);
  }

  /** A file that somebody else reads. */
  void see(Path file) {
    seen.add(file);
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

  /** A chain, its key and the OCSP response beside it; null when a problem was reported. */
  @Nullable KeyMaterial read(String key, CertificateProperties written) {
    KeyMaterial material = read(key, written.certificate(), written.privateKey());
    String response = written.ocspResponse();
    if (material == null || response == null) {
      return material;
    }
    see(Path.of(response));
    return material.with(
        new OcspResponses(problems).read(key + ".ocsp-response", response, material.chain()));
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
    if (content == null || isRefusedToAll(key, Path.of(file))) {
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
        // The value is not shown, as the key's name asks for; the file's name is no secret.
        "write PEM without a passphrase into " + file + ", as in BEGIN PRIVATE KEY");
    return null;
  }

  private @Nullable PemContent content(String key, String file) {
    see(Path.of(file));
    try {
      return PemContent.load(Path.of(file));
    } catch (IOException | RuntimeException unreadable) {
      problems.refuse(
          key,
          file,
          "cannot be read: " + reason(Path.of(file)),
          "make " + file + " a PEM file that this user may read");
      return null;
    }
  }

  private static String reason(Path file) {
    if (!Files.exists(file)) {
      return "there is no such file";
    }
    return Files.isReadable(file) ? "it is no PEM file" : "permission denied";
  }

  /** Whether a key was refused because everybody on the machine may read it: it is no secret. */
  boolean isRefusedToAll(String key, Path file) {
    try {
      if (!Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        return false;
      }
    } catch (IOException | UnsupportedOperationException noSuchPermissions) {
      return false;
    }
    String reason = "every user of this machine may read it";
    if (worldReadableAllowed) {
      problems.warn(key, file.toString(), reason, "chmod o-rwx " + file);
      return false;
    }
    problems.refuse(
        key,
        file.toString(),
        reason,
        "chmod o-rwx "
            + file
            + "; on a volume that cannot do better, write expressgateway.tls.world-readable-keys:"
            + " warn");
    return true;
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
