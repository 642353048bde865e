package io.expressgateway.tls;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.net.HostPort;
import io.expressgateway.net.IpLiteral;
import io.expressgateway.net.KeyMaterial;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of TLS for one cluster: whom it trusts, what it shows. The endpoint's
 * certificate is verified, chain and name (RFC 9525), unless the configuration says otherwise. ALPN
 * (RFC 7301) offers the cluster's protocol and nothing else: HTTP/2 has to be selected by the
 * endpoint, HTTP/1.1 may go without an answer, relayed bytes have no name. Immutable, any thread.
 */
public final class ClientTls {

  private final ClusterSpec.Tls spec;
  private final ClusterSpec.Protocol protocol;
  private final SslContext context;

  private ClientTls(ClusterSpec.Tls spec, ClusterSpec.Protocol protocol) throws SSLException {
    this.spec = spec;
    this.protocol = protocol;
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            // Not the counted kind: the collector frees it when its last connection is gone.
            .sslProvider(SslProvider.OPENSSL)
            .protocols("TLSv1.3", "TLSv1.2");
    if (!protocol.alpn().isEmpty()) {
      builder.applicationProtocolConfig(
          new ApplicationProtocolConfig(
              Protocol.ALPN,
              SelectorFailureBehavior.NO_ADVERTISE,
              SelectedListenerFailureBehavior.ACCEPT,
              protocol.alpn()));
    }
    if (!spec.verify()) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    } else if (!spec.cas().isEmpty()) {
      builder.trustManager(spec.cas().toArray(X509Certificate[]::new));
    }
    KeyMaterial own = spec.own();
    if (own != null) {
      builder.keyManager(own.privateKey(), own.chain().toArray(X509Certificate[]::new));
    }
    context = builder.build();
  }

  /**
   * The context of a cluster.
   *
   * @throws IllegalStateException when BoringSSL cannot be loaded or refuses what was validated
   */
  public static ClientTls of(ClusterSpec.Tls spec, ClusterSpec.Protocol protocol) {
    if (!OpenSsl.isAvailable()) {
      throw new IllegalStateException(
          "TLS needs netty-tcnative, which cannot be loaded here", OpenSsl.unavailabilityCause());
    }
    try {
      return new ClientTls(spec, protocol);
    } catch (SSLException refused) {
      throw new IllegalStateException("the TLS library refuses a certificate", refused);
    }
  }

  /**
   * The context that a cluster goes on with: that of before while nothing of its TLS has changed.
   *
   * @param before what was made for the cluster; null for nothing
   * @return null for clear text
   * @throws IllegalStateException as {@link #of}
   */
  public static @Nullable ClientTls renewed(ClusterSpec cluster, @Nullable ClientTls before) {
    ClusterSpec.Tls wanted = cluster.tls();
    if (wanted == null) {
      return null;
    }
    return before != null && before.isOf(wanted, cluster.protocol())
        ? before
        : of(wanted, cluster.protocol());
  }

  /** Whether it was made of just this. */
  public boolean isOf(ClusterSpec.Tls wanted, ClusterSpec.Protocol spoken) {
    return protocol == spoken && spec.equals(wanted);
  }

  /** Whether the endpoint agreed to the protocol in its handshake, which has succeeded. */
  public boolean isAgreed(SslHandler handshake) {
    return protocol != ClusterSpec.Protocol.HTTP2
        || protocol.alpn().equals(handshake.applicationProtocol());
  }

  /**
   * A handler for one connection to {@code endpoint}; its {@code handshakeFuture} says whether the
   * endpoint is who it should be.
   */
  public SslHandler newHandler(ByteBufAllocator allocator, HostPort endpoint, Duration timeout) {
    String name = withoutRoot(spec.serverName() == null ? endpoint.host() : spec.serverName());
    SslHandler handler = context.newHandler(allocator, name, endpoint.port());
    handler.setHandshakeTimeoutMillis(Math.max(1, timeout.toMillis()));
    SSLEngine engine = handler.engine();
    SSLParameters parameters = engine.getSSLParameters();
    if (spec.verify()) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    SNIServerName asked = askedName(name);
    if (asked != null) {
      parameters.setServerNames(List.of(asked));
    }
    engine.setSSLParameters(parameters);
    return handler;
  }

  /** Without the dot of the DNS root, which TLS leaves out (RFC 6066 section 3). */
  private static String withoutRoot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** What the server_name extension says; null for nothing: an address, or no host name. */
  private static @Nullable SNIServerName askedName(String name) {
    if (IpLiteral.parse(name) != null) {
      return null;
    }
    try {
      return new SNIHostName(name);
    } catch (IllegalArgumentException noHostName) {
      // As names of containers with an underscore; endpoints of the JDK would refuse the hello.
      return null;
    }
  }
}
