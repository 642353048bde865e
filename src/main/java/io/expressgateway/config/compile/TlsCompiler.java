package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.config.properties.CertificateProperties;
import io.expressgateway.config.properties.ListenerProperties;
import io.expressgateway.config.properties.ListenerTlsProperties;
import io.expressgateway.net.KeyMaterial;
import io.expressgateway.snapshot.ClientCertificateHeaders;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.snapshot.TlsSpec.ClientAuth;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** TLS of listeners as written, its files read and tried. Confined to the thread that compiles. */
final class TlsCompiler {

  private final Problems problems;
  private final KeyFiles files;
  private final SslBundleKeys bundles;

  TlsCompiler(Problems problems, KeyFiles files, SslBundleKeys bundles) {
    this.problems = problems;
    this.files = files;
    this.bundles = bundles;
  }

  /** What a listener with TLS serves with; null when a problem was reported. */
  @Nullable TlsSpec compile(String listenerKey, ListenerProperties listener, boolean http2) {
    ListenerTlsProperties tls = listener.tls();
    String key = listenerKey + ".tls";
    List<KeyMaterial> certificates = certificates(key, listener);
    ClientAuth auth = ClientAuth.valueOf(tls.clientAuth().toUpperCase(Locale.ROOT));
    List<X509Certificate> clientCas = clientCas(key, tls, auth);
    ClientCertificateHeaders headers = new ClientHeaderKeys(problems).compile(key, tls, auth);
    if (certificates.isEmpty()) {
      return null;
    }
    return new TlsSpec(
        certificates,
        auth,
        clientCas,
        tls.minVersion().equals("TLSv1.2"),
        listener.handshakeTimeout(),
        tls.maxHandshakes(),
        http2,
        tls.strictAuthority(),
        headers,
        listener.protocol().equals("https"));
  }

  private List<KeyMaterial> certificates(String key, ListenerProperties listener) {
    ListenerTlsProperties tls = listener.tls();
    String bundle = tls.sslBundle();
    if (bundle != null && !tls.certificates().isEmpty()) {
      problems.refuse(
          key + ".ssl-bundle", bundle, "there are certificates too", "keep one of the two");
      return List.of();
    }
    List<KeyMaterial> read = new ArrayList<>();
    if (bundle != null) {
      KeyMaterial material = bundles.read(key + ".ssl-bundle", bundle);
      return material == null ? List.of() : List.of(material);
    }
    for (int i = 0; i < tls.certificates().size(); i++) {
      CertificateProperties written = tls.certificates().get(i);
      String entry = key + ".certificates[" + i + "]";
      if (!written.certificate().isEmpty() && !written.privateKey().isEmpty()) {
        KeyMaterial material = files.read(entry, written);
        if (material != null) {
          read.add(material);
        }
      }
    }
    if (tls.certificates().isEmpty()) {
      problems.refuse(
          key + ".certificates",
          "",
          listener.protocol() + " needs a certificate",
          "name the PEM files of a certificate and its private-key, or an ssl-bundle");
    }
    return read;
  }

  private List<X509Certificate> clientCas(String key, ListenerTlsProperties tls, ClientAuth auth) {
    String file = tls.clientCa();
    if (auth == ClientAuth.NONE) {
      if (file != null) {
        problems.refuse(
            key + ".client-ca",
            file,
            "client-auth is none, so nobody is asked for a certificate",
            "write client-auth: want or need, or remove the key");
      }
      return List.of();
    }
    String bundle = tls.sslBundle();
    if (file == null && bundle != null) {
      List<X509Certificate> trusted = bundles.trusted(key + ".ssl-bundle", bundle);
      if (!trusted.isEmpty()) {
        return trusted;
      }
    }
    if (file == null) {
      problems.refuse(
          key + ".client-ca",
          "",
          "client-auth is " + tls.clientAuth() + " and no CA is named",
          "name the PEM file of the CA that signs client certificates");
      return List.of();
    }
    return files.certificates(key + ".client-ca", file);
  }
}
