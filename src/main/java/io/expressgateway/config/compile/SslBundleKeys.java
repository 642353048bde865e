package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.net.KeyMaterial;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ssl.JksSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Certificates and keys of Spring's SSL bundles, {@code spring.ssl.bundle.pem.NAME} and {@code
 * spring.ssl.bundle.jks.NAME}, read anew each time so that a reload sees what changed. Confined to
 * the thread that compiles.
 */
public final class SslBundleKeys {

  private static final String ROOT = "spring.ssl.bundle.";

  private final ConfigurableEnvironment environment;
  private final Problems problems;

  /** Bundles as {@code environment} has them; reports to {@code problems}. */
  public SslBundleKeys(ConfigurableEnvironment environment, Problems problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /** The chain and key of a bundle; null when a problem was reported. */
  @Nullable KeyMaterial read(String key, String name) {
    SslBundle bundle;
    try {
      bundle = bundle(name);
    } catch (RuntimeException unusable) {
      problems.refuse(
          key, name, "cannot be used: " + deepest(unusable), "correct " + ROOT + "*." + name);
      return null;
    }
    if (bundle == null) {
      problems.refuse(
          key, name, "there is no such bundle", "write it under " + ROOT + "pem." + name);
      return null;
    }
    try {
      KeyMaterial found = material(bundle);
      if (found != null) {
        return found;
      }
    } catch (GeneralSecurityException | RuntimeException unusable) {
      problems.refuse(
          key, name, "cannot be used: " + deepest(unusable), "correct " + ROOT + "*." + name);
      return null;
    }
    problems.refuse(
        key,
        name,
        "holds no private key with a certificate",
        "set its keystore's certificate and private-key");
    return null;
  }

  private @Nullable SslBundle bundle(String name) {
    Binder binder = Binder.get(environment);
    BindResult<PemSslBundleProperties> pem =
        binder.bind(ROOT + "pem." + name, PemSslBundleProperties.class);
    if (pem.isBound()) {
      return PropertiesSslBundle.get(pem.get());
    }
    BindResult<JksSslBundleProperties> jks =
        binder.bind(ROOT + "jks." + name, JksSslBundleProperties.class);
    return jks.isBound() ? PropertiesSslBundle.get(jks.get()) : null;
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
