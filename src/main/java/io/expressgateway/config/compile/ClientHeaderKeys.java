package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.config.properties.ListenerTlsProperties;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.snapshot.ClientCertificateHeaders;
import io.expressgateway.snapshot.TlsSpec.ClientAuth;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names of the headers that tell endpoints about client certificates, and what is wrong with them.
 */
final class ClientHeaderKeys {

  private final Problems problems;

  ClientHeaderKeys(Problems problems) {
    this.problems = problems;
  }

  ClientCertificateHeaders compile(String key, ListenerTlsProperties tls, ClientAuth auth) {
    Map<String, String> taken = new HashMap<>();
    return new ClientCertificateHeaders(
        name(key + ".client-subject-header", tls.clientSubjectHeader(), auth, taken),
        name(key + ".client-fingerprint-header", tls.clientFingerprintHeader(), auth, taken),
        name(key + ".client-cert-header", tls.clientCertHeader(), auth, taken));
  }

  private @Nullable String name(
      String key, @Nullable String name, ClientAuth auth, Map<String, String> taken) {
    if (name == null) {
      return null;
    }
    if (!HeaderBlock.isToken(name) || name.indexOf('_') >= 0) {
      refuse(key, name, "is no header name of letters, digits and dashes");
    } else if (HeaderName.of(name) != HeaderName.OTHER) {
      refuse(key, name, "has a meaning of its own in HTTP");
    } else if (auth == ClientAuth.NONE) {
      problems.refuse(
          key,
          name,
          "client-auth is none, so there is no certificate to tell about",
          "write client-auth: want or need, or remove the key");
      return null;
    } else {
      String other = taken.putIfAbsent(name.toLowerCase(Locale.ROOT), key);
      if (other == null) {
        return name;
      }
      refuse(key, name, "is the name at " + other + " too");
    }
    return null;
  }

  private void refuse(String key, String name, String reason) {
    problems.refuse(key, name, reason, "write a name of its own, as in X-Client-Subject");
  }
}
