package io.expressgateway.tls;

import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** The name that a client asked for in its ClientHello (RFC 6066 section 3). */
public final class ServerNames {

  private ServerNames() {}

  /** The name; null when the client named none. After the handshake. */
  public static @Nullable String asked(SSLEngine engine) {
    if (engine.getSession() instanceof ExtendedSSLSession session) {
      List<SNIServerName> names = session.getRequestedServerNames();
      for (SNIServerName name : names) {
        if (name instanceof SNIHostName host) {
          return host.getAsciiName();
        }
      }
    }
    return null;
  }
}
