package io.expressgateway.tls;

import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * The name that a client asked for in its ClientHello (RFC 6066 section 3), as BoringSSL read it.
 */
final class ServerNames {

  private ServerNames() {}

  /** The name; null when the client named none, or none that Java can say. After the handshake. */
  static @Nullable String asked(SSLEngine engine) {
    if (engine.getSession() instanceof ExtendedSSLSession session) {
      try {
        List<SNIServerName> names = session.getRequestedServerNames();
        for (SNIServerName name : names) {
          if (name instanceof SNIHostName host) {
            return host.getAsciiName();
          }
        }
      } catch (IllegalArgumentException noHostName) {
        // The JDK takes letters, digits and dashes only; clients ask for names like my_service too.
        return null;
      }
    }
    return null;
  }
}
