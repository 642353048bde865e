package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.config.spring.WrittenKeys;
import io.expressgateway.net.KeyMaterial;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ssl.JksSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerSslBundle;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Certificates and keys of Spring's SSL bundles, {@code spring.ssl.bundle.pem.NAME} and {@code
 * spring.ssl.bundle.jks.NAME}, read anew each time so that a reload sees what changed; and {@code
 * server.ssl.*} under the name {@link #SERVER}, whose keys make a bundle too. Confined to the
 * thread that compiles.
 */
public final class SslBundleKeys {

  /** Where {@code server.ssl.*} is found; no name that a bundle of a user's can have. */
  static final String SERVER = "server.ssl";

  private static final String ROOT = "spring.ssl.bundle.";

  private final ConfigurableEnvironment environment;
  private final WrittenKeys written;
  private final KeyFiles files;
  private final Problems problems;

  // Reported once, however many keys name them.
  private final Set<String> unusable = new HashSet<>();

  /** Bundles as {@code environment} has them; reports to {@code problems}. */
  public SslBundleKeys(
      ConfigurableEnvironment environment, WrittenKeys written, KeyFiles files, Problems problems) {
    this.environment = environment;
    this.written = written;
    this.files = files;
    this.problems = problems;
  }

  /** The chain and key of a bundle; null when a problem was reported. */
  @Nullable KeyMaterial read(String key, String name) {
    SslBundle bundle = bundle(key, name);
    if (bundle == null) {
      return null;
    }
    int reported = problems.refusals().size();
    KeyMaterial found = material(key, name, bundle);
    if (found == null && problems.refusals().size() == reported) {
      problems.refuse(
          key(key, name),
          name,
          "holds no private key with a certificate",
          "set its keystore's certificate and private-key");
    }
    return found;
  }

  /** The chain and key of a bundle; null when it has none, or a problem was reported. */
  @Nullable KeyMaterial optional(String key, String name) {
    SslBundle bundle = bundle(key, name);
    return bundle == null ? null : material(key, name, bundle);
  }

  /**
   * The certificates that a bundle trusts; empty when there are none, or a problem was reported.
   */
  List<X509Certificate> trusted(String key, String name) {
    SslBundle bundle = bundle(key, name);
    if (bundle == null) {
      return List.of();
    }
    try {
      KeyStore store = bundle.getStores().getTrustStore();
      List<X509Certificate> trusted = new ArrayList<>();
      if (store != null) {
        for (String alias : Collections.list(store.aliases())) {
          if (store.isCertificateEntry(alias)
              && store.getCertificate(alias) instanceof X509Certificate certificate) {
            trusted.add(certificate);
          }
        }
      }
      return trusted;
    } catch (GeneralSecurityException | RuntimeException failure) {
      refuse(key, name, failure);
      return List.of();
    }
  }

  /** The key and chain of a key store; null when a problem was reported. */
  @Nullable KeyMaterial read(String key, JksSslBundleProperties store) {
    String location = String.valueOf(store.getKeystore().getLocation());
    see(location);
    try {
      return material(PropertiesSslBundle.get(store));
    } catch (GeneralSecurityException | RuntimeException failure) {
      refuse(key, location, failure);
      return null;
    }
  }

  private void refuse(String key, String name, Exception failure) {
    if (!unusable.add(name)) {
      return;
    }
    problems.refuse(
        key(key, name),
        name,
        "cannot be used: " + deepest(failure),
        name.equals(SERVER) ? "correct server.ssl.*" : "correct " + ROOT + "*." + name);
  }

  /** Nobody has written the name of what server.ssl.* makes. */
  private static String key(String key, String name) {
    return name.equals(SERVER) ? SERVER : key;
  }

  private @Nullable SslBundle bundle(String key, String name) {
    if (unusable.contains(name)) {
      return null;
    }
    int reported = problems.refusals().size();
    try {
      SslBundle bundle = name.equals(SERVER) ? server() : named(name);
      if (bundle == null && problems.refusals().size() == reported) {
        problems.refuse(
            key(key, name),
            name,
            "there is no such bundle",
            "write it under " + ROOT + "pem." + name);
      }
      if (bundle == null) {
        unusable.add(name);
      }
      return bundle;
    } catch (RuntimeException failure) {
      refuse(key, name, failure);
      return null;
    }
  }

  private @Nullable SslBundle named(String name) {
    Binder binder = Binder.get(environment);
    BindResult<PemSslBundleProperties> pem =
        binder.bind(ROOT + "pem." + name, PemSslBundleProperties.class);
    if (pem.isBound()) {
      see(pem.get().getKeystore().getCertificate());
      see(pem.get().getTruststore().getCertificate());
      Path privateKey = see(pem.get().getKeystore().getPrivateKey());
      return isRefused(ROOT + "pem." + name + ".keystore.private-key", privateKey)
          ? null
          : PropertiesSslBundle.get(pem.get());
    }
    BindResult<JksSslBundleProperties> jks =
        binder.bind(ROOT + "jks." + name, JksSslBundleProperties.class);
    if (jks.isBound()) {
      see(jks.get().getKeystore().getLocation());
      see(jks.get().getTruststore().getLocation());
      return PropertiesSslBundle.get(jks.get());
    }
    return null;
  }

  /** What Boot would make of {@code server.ssl.*}, had the keys not been taken from it. */
  private @Nullable SslBundle server() {
    Map<String, String> keys = new HashMap<>();
    written.below(SERVER).forEach(entry -> keys.put(entry.key(), entry.value()));
    Ssl ssl = new Binder(new MapConfigurationPropertySource(keys)).bindOrCreate(SERVER, Ssl.class);
    String bundle = ssl.getBundle();
    if (bundle != null) {
      return named(bundle);
    }
    see(ssl.getKeyStore());
    see(ssl.getTrustStore());
    see(ssl.getCertificate());
    see(ssl.getTrustCertificate());
    Path privateKey = see(ssl.getCertificatePrivateKey());
    return isRefused(SERVER + ".certificate-private-key", privateKey)
        ? null
        : WebServerSslBundle.get(ssl);
  }

  private boolean isRefused(String key, @Nullable Path privateKey) {
    return privateKey != null && files.isRefusedToAll(key, privateKey);
  }

  /** A file among Spring's locations, to be watched; null for text, class path and the like. */
  private @Nullable Path see(@Nullable String location) {
    if (location == null || location.contains("-----BEGIN")) {
      return null;
    }
    String plain = location.startsWith("file:") ? location.substring("file:".length()) : location;
    if (plain.matches("[a-z][a-z0-9+]+:.*")) {
      return null;
    }
    Path file = Path.of(plain);
    files.see(file);
    return file;
  }

  private @Nullable KeyMaterial material(String key, String name, SslBundle bundle) {
    try {
      return material(bundle);
    } catch (GeneralSecurityException | RuntimeException failure) {
      refuse(key, name, failure);
      return null;
    }
  }

  private static @Nullable KeyMaterial material(SslBundle bundle) throws GeneralSecurityException {
    KeyStore store = bundle.getStores().getKeyStore();
    if (store == null) {
      return null;
    }
    String wanted = bundle.getKey().getAlias();
    List<String> aliases = wanted == null ? Collections.list(store.aliases()) : List.of(wanted);
    String password = bundle.getKey().getPassword();
    if (password == null) {
      password = bundle.getStores().getKeyStorePassword();
    }
    for (String alias : aliases) {
      Key key = store.getKey(alias, password == null ? new char[0] : password.toCharArray());
      Certificate[] chain = store.getCertificateChain(alias);
      if (key instanceof PrivateKey privateKey && chain != null) {
        return new KeyMaterial(
            Arrays.stream(chain).map(X509Certificate.class::cast).toList(), privateKey);
      }
    }
    return null;
  }

  private static String deepest(Throwable failure) {
    Throwable at = failure;
    while (at.getCause() != null) {
      at = at.getCause();
    }
    return String.valueOf(at.getMessage());
  }
}
