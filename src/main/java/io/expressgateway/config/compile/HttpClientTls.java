package io.expressgateway.config.compile;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.config.Problems;
import io.expressgateway.config.spring.SpringValues;
import io.expressgateway.net.KeyMaterial;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ssl.JksSslBundleProperties;

/**
 * Spring Cloud Gateway's {@code httpclient.ssl.*}: TLS towards {@code https://} addresses in
 * routes. Confined to the thread that compiles.
 */
final class HttpClientTls {

  private static final String SSL = "spring.cloud.gateway.server.webflux.httpclient.ssl.";

  private final SpringValues values;
  private final KeyFiles files;
  private final SslBundleKeys bundles;
  private final Problems problems;

  HttpClientTls(SpringValues values, KeyFiles files, SslBundleKeys bundles, Problems problems) {
    this.values = values;
    this.files = files;
    this.bundles = bundles;
    this.problems = problems;
  }

  ClusterSpec.Tls compile() {
    boolean verify = !values.flag(SSL + "use-insecure-trust-manager", false);
    if (!verify) {
      problems.warn(
          SSL + "use-insecure-trust-manager",
          "true",
          "anybody can pretend to be an endpoint",
          "name who is trusted in trusted-x509-certificates");
    }
    String bundle = values.text(SSL + "ssl-bundle").orElse(null);
    List<X509Certificate> cas =
        bundle == null ? named() : bundles.trusted(SSL + "ssl-bundle", bundle);
    KeyMaterial own = bundle == null ? ownKeys() : bundles.optional(SSL + "ssl-bundle", bundle);
    return new ClusterSpec.Tls(verify, verify ? cas : List.of(), null, own);
  }

  private List<X509Certificate> named() {
    List<X509Certificate> cas = new ArrayList<>();
    for (String location : values.texts(SSL + "trusted-x509-certificates")) {
      String plain = location.startsWith("file:") ? location.substring(5) : location;
      cas.addAll(files.certificates(SSL + "trusted-x509-certificates", plain));
    }
    return cas;
  }

  private @Nullable KeyMaterial ownKeys() {
    String location = values.text(SSL + "key-store").orElse(null);
    if (location == null) {
      return null;
    }
    JksSslBundleProperties store = new JksSslBundleProperties();
    store.getKeystore().setLocation(location);
    values.text(SSL + "key-store-password").ifPresent(store.getKeystore()::setPassword);
    values.text(SSL + "key-store-type").ifPresent(store.getKeystore()::setType);
    values.text(SSL + "key-store-provider").ifPresent(store.getKeystore()::setProvider);
    values.text(SSL + "key-password").ifPresent(store.getKey()::setPassword);
    return bundles.read(SSL + "key-store", store);
  }
}
