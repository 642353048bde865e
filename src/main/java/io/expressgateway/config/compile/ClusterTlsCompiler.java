package io.expressgateway.config.compile;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.config.Problems;
import io.expressgateway.config.properties.ClusterTlsProperties;
import io.expressgateway.net.HostPort;
import io.expressgateway.net.KeyMaterial;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** TLS of clusters as written, its files read and tried. Confined to the thread that compiles. */
final class ClusterTlsCompiler {

  private static final Pattern VERIFIABLE = Pattern.compile("[\\p{L}\\p{Nd}.:-]+");
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{Nd}._:-]+");

  private final Problems problems;
  private final KeyFiles files;
  private final SslBundleKeys bundles;

  ClusterTlsCompiler(Problems problems, KeyFiles files, SslBundleKeys bundles) {
    this.problems = problems;
    this.files = files;
    this.bundles = bundles;
  }

  /** How endpoints are spoken to; null for clear text. */
  ClusterSpec.@Nullable Tls compile(String key, ClusterTlsProperties tls) {
    if (!tls.enabled()) {
      refuseUnused(key, tls);
      return null;
    }
    String file = tls.ca();
    if (file != null && !tls.verify()) {
      problems.refuse(
          key + ".ca", file, "verify is false, so nobody is asked", "remove one of the two");
    }
    List<X509Certificate> cas = file == null ? List.of() : files.certificates(key + ".ca", file);
    KeyMaterial own = own(key, tls);
    String bundle = tls.sslBundle();
    if (bundle != null && (file != null || own != null)) {
      problems.refuse(key + ".ssl-bundle", bundle, "there are files too", "keep one of the two");
    } else if (bundle != null) {
      own = bundles.optional(key + ".ssl-bundle", bundle);
      cas = tls.verify() ? bundles.trusted(key + ".ssl-bundle", bundle) : List.of();
    }
    String name = tls.serverName();
    if (name != null && !(tls.verify() ? VERIFIABLE : NAME).matcher(name).matches()) {
      problems.refuse(key + ".server-name", name, "is no host name", "write a DNS name");
      name = null;
    }
    return new ClusterSpec.Tls(tls.verify(), cas, name, own);
  }

  /**
   * Refuses an endpoint whose name no certificate may have: letters, digits and hyphens are all
   * that labels of such names consist of (RFC 9525 section 6.3).
   */
  void checkVerifiable(String key, HostPort endpoint, ClusterTlsProperties tls) {
    boolean isVerified = tls.enabled() && tls.verify() && tls.serverName() == null;
    if (isVerified && endpoint.host().indexOf('_') >= 0) {
      problems.refuse(
          key,
          endpoint.toString(),
          "TLS verifies the endpoint's name, and names in certificates have no underscore",
          "write tls.server-name, or tls.verify: false");
    }
  }

  private @Nullable KeyMaterial own(String key, ClusterTlsProperties tls) {
    String certificate = tls.certificate();
    String privateKey = tls.privateKey();
    if (certificate != null && privateKey != null) {
      return files.read(key, certificate, privateKey);
    }
    if (certificate != null || privateKey != null) {
      problems.refuse(
          key + (certificate == null ? ".certificate" : ".private-key"),
          "",
          "is required beside the other",
          "name both PEM files, or neither");
    }
    return null;
  }

  private void refuseUnused(String key, ClusterTlsProperties tls) {
    Map<String, @Nullable String> written = new LinkedHashMap<>();
    written.put(".ca", tls.ca());
    written.put(".server-name", tls.serverName());
    written.put(".certificate", tls.certificate());
    written.put(".private-key", tls.privateKey());
    written.put(".ssl-bundle", tls.sslBundle());
    written.forEach((suffix, value) -> {
      if (value != null) {
        problems.refuse(
            key + suffix,
            value,
            "tls.enabled is false, so it has no effect",
            "write enabled: true, or remove the key");
      }
    });
    if (!tls.verify()) {
      problems.refuse(
          key + ".verify",
          "false",
          "tls.enabled is false, so it has no effect",
          "write enabled: true, or remove the key");
    }
  }
}
