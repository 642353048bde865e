package io.expressgateway.http.proxy;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.snapshot.ClientCertificateHeaders;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.tls.ClientCertificates;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What endpoints are told about the certificate of one connection's client, in headers that nobody
 * else can send: fields with these names are taken out of every request, whatever listener it came
 * through and whether or not there is a certificate. Made once per connection, after its handshake;
 * confined to its event loop.
 */
final class ClientIdentity {

  private final List<String> forgeable;
  private final List<String> names;
  private final HeaderBlock own;

  private ClientIdentity(List<String> forgeable, List<String> names, HeaderBlock own) {
    this.forgeable = forgeable;
    this.names = names;
    this.own = own;
  }

  /** Of a connection; null when no listener tells anything. */
  static @Nullable ClientIdentity of(ListenerContext listener, @Nullable SslHandler tls) {
    List<String> forgeable = listener.identityHeaders();
    if (forgeable.isEmpty()) {
      return null;
    }
    HeaderBlock own = new HeaderBlock(256, 3);
    TlsSpec spec = listener.spec().tls();
    X509Certificate shown = tls == null ? null : ClientCertificates.shown(tls.engine());
    if (spec == null || shown == null) {
      return new ClientIdentity(forgeable, List.of(), own);
    }
    ClientCertificateHeaders told = spec.clientHeaders();
    String subject = ClientCertificates.subject(shown);
    if (told.subject() != null && !subject.isEmpty()) {
      own.add(told.subject(), subject);
    }
    if (told.fingerprint() != null) {
      own.add(told.fingerprint(), ClientCertificates.fingerprint(shown));
    }
    if (told.certificate() != null) {
      own.add(told.certificate(), ClientCertificates.field(shown));
    }
    return new ClientIdentity(forgeable, told.names(), own);
  }

  /**
   * Takes away what the client says itself, also under names that differ in {@code _} for {@code -}
   * only: many applications cannot tell them apart. Whether there was anything.
   */
  boolean strip(HeaderBlock headers) {
    int before = headers.size();
    for (int i = headers.size() - 1; i >= 0; i--) {
      for (int k = 0; k < forgeable.size(); k++) {
        if (isNamed(headers, i, forgeable.get(k))) {
          headers.remove(i);
          break;
        }
      }
    }
    return headers.size() < before;
  }

  private static boolean isNamed(HeaderBlock headers, int i, String lower) {
    int length = headers.nameLength(i);
    if (length != lower.length()) {
      return false;
    }
    byte[] bytes = headers.array();
    int from = headers.nameOffset(i);
    for (int k = 0; k < length; k++) {
      int b = bytes[from + k];
      if (b >= 'A' && b <= 'Z') {
        b += 'a' - 'A';
      }
      if ((b == '_' ? '-' : b) != lower.charAt(k)) {
        return false;
      }
    }
    return true;
  }

  /** Writes ours, in place of whatever a filter may have put there. */
  void write(HeaderBlock headers) {
    for (int i = 0; i < names.size(); i++) {
      headers.remove(names.get(i));
    }
    headers.addAll(own);
  }
}
