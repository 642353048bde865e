package io.expressgateway.tls;

import io.expressgateway.net.KeyMaterial;
import io.expressgateway.snapshot.TlsSpec;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of TLS for one listener: a context per certificate, found by the name that the
 * client asks for (RFC 6066 section 3), exactly or by a wildcard of one label (RFC 9525 section
 * 6.3); else the first. Immutable, any thread; connections that began under one keep it when a
 * later snapshot brings another.
 */
public final class ServerTls {

  /**
   * A ClientHello beyond this is hostile: the largest real ones, post-quantum, have about 2 KiB.
   */
  private static final int MAX_HELLO_BYTES = 16 * 1024;

  /**
   * What TLS 1.2 may use: forward secrecy and authenticated encryption (RFC 9325 section 4.2). TLS
   * 1.3 has nothing weaker.
   */
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private final TlsSpec spec;
  private final TicketKeys tickets;
  private final SslContext first;
  private final List<SslContext> contexts = new ArrayList<>();
  private final Map<String, SslContext> exact = new HashMap<>();
  private final Map<String, SslContext> wildcard = new HashMap<>();

  private ServerTls(TlsSpec spec, List<String> protocols) throws SSLException {
    this.spec = spec;
    for (KeyMaterial material : spec.certificates()) {
      SslContext context = context(spec, material, protocols);
      contexts.add(context);
      for (String name : CertificateNames.of(material.chain().getFirst())) {
        if (name.startsWith("*.")) {
          wildcard.putIfAbsent(name.substring(2), context);
        } else {
          exact.putIfAbsent(name, context);
        }
      }
    }
    this.first = contexts.getFirst();
    this.tickets =
        new TicketKeys(
            contexts.stream()
                .map(context -> (OpenSslServerSessionContext) context.sessionContext())
                .toList(),
            System.nanoTime());
  }

  /**
   * The contexts of a listener.
   *
   * @param protocols what ALPN offers, the most wanted first (RFC 7301)
   * @throws IllegalStateException when BoringSSL cannot be loaded or refuses what was validated
   */
  public static ServerTls of(TlsSpec spec, List<String> protocols) {
    if (!OpenSsl.isAvailable()) {
      throw new IllegalStateException(
          "TLS needs netty-tcnative, which cannot be loaded here", OpenSsl.unavailabilityCause());
    }
    try {
      return new ServerTls(spec, protocols);
    } catch (SSLException refused) {
      throw new IllegalStateException("the TLS library refuses a certificate", refused);
    }
  }

  private static SslContext context(TlsSpec spec, KeyMaterial material, List<String> protocols)
      throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forServer(
                material.privateKey(), material.chain().toArray(X509Certificate[]::new))
            // Not the counted kind: the collector frees a context when its last connection is gone.
            .sslProvider(SslProvider.OPENSSL)
            .protocols(
                spec.tls12() ? new String[] {"TLSv1.3", "TLSv1.2"} : new String[] {"TLSv1.3"})
            .ciphers(CIPHERS)
            .clientAuth(
                switch (spec.clientAuth()) {
                  case NONE -> ClientAuth.NONE;
                  case WANT -> ClientAuth.OPTIONAL;
                  case NEED -> ClientAuth.REQUIRE;
                })
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    protocols));
    if (!spec.clientCas().isEmpty()) {
      builder.trustManager(spec.clientCas().toArray(X509Certificate[]::new));
    }
    return builder.build();
  }

  /** What it was made of. */
  public TlsSpec spec() {
    return spec;
  }

  /**
   * The handler that reads the ClientHello and puts the handshake in its own place. Both are
   * bounded by the listener's handshake timeout together.
   */
  public ChannelHandler newHandler() {
    return new SniHandler(
        this::contextFor, MAX_HELLO_BYTES, Math.max(1, spec.handshakeTimeout().toMillis()));
  }

  private SslContext contextFor(@Nullable String name) {
    if (name == null || name.isEmpty()) {
      return first;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    SslContext found = exact.get(lower);
    if (found == null) {
      int dot = lower.indexOf('.');
      found = dot < 0 ? null : wildcard.get(lower.substring(dot + 1));
    }
    return found == null ? first : found;
  }

  /**
   * Whether a request for {@code authority} may be served on a connection whose handshake asked for
   * {@code serverName}: both have to lead to the same certificate (RFC 9110 section 7.4, 421).
   *
   * @param authority host, with or without port
   * @param serverName as in the ClientHello; null for none
   */
  @SuppressWarnings("ReferenceEquality") // one context per certificate
  public boolean serves(String authority, @Nullable String serverName) {
    return contexts.size() == 1 || contextFor(host(authority)) == contextFor(serverName);
  }

  private static String host(String authority) {
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
  }

  /** Lets time pass for the session tickets; to be called about once a second. Any thread. */
  public void tick(long nowNanos) {
    tickets.tick(nowNanos);
  }
}
