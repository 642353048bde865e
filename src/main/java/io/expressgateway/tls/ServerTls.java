package io.expressgateway.tls;

import io.expressgateway.net.KeyMaterial;
import io.expressgateway.net.OcspStaple;
import io.expressgateway.snapshot.TlsSpec;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLEngine;
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

  /** What ALPN offers (RFC 7301), the most wanted first. */
  private static final List<String> BOTH = List.of("h2", "http/1.1");

  private static final List<String> HTTP1_ONLY = List.of("http/1.1");

  private final TlsSpec spec;
  private final TicketKeys tickets;
  private final SslContext first;
  private final List<SslContext> contexts = new ArrayList<>();
  private final Map<String, SslContext> exact = new HashMap<>();
  private final Map<String, SslContext> wildcard = new HashMap<>();
  private final Map<SslContext, OcspStaple> staples = new HashMap<>();

  private ServerTls(TlsSpec spec, @Nullable TicketKeys kept) throws SSLException {
    this.spec = spec;
    for (KeyMaterial material : spec.certificates()) {
      OcspStaple staple = material.staple();
      SslContext context = context(spec, material, staple != null);
      contexts.add(context);
      if (staple != null) {
        staples.put(context, staple);
      }
      for (String name : CertificateNames.of(material.chain().getFirst())) {
        if (name.startsWith("*.")) {
          wildcard.putIfAbsent(name.substring(2), context);
        } else {
          exact.putIfAbsent(name, context);
        }
      }
    }
    this.first = contexts.getFirst();
    this.tickets = kept == null ? new TicketKeys(System.nanoTime()) : kept;
    tickets.serve(
        contexts.stream()
            .map(context -> (OpenSslServerSessionContext) context.sessionContext())
            .toList());
  }

  /**
   * The contexts of a listener.
   *
   * @param before whose clients may resume their sessions, because the same of them are asked for a
   *     certificate by the same authorities; null for nobody's
   * @throws IllegalStateException when BoringSSL cannot be loaded or refuses what was validated
   */
  public static ServerTls of(TlsSpec spec, @Nullable ServerTls before) {
    if (!OpenSsl.isAvailable()) {
      throw new IllegalStateException(
          "TLS needs netty-tcnative, which cannot be loaded here", OpenSsl.unavailabilityCause());
    }
    try {
      return new ServerTls(spec, before == null ? null : before.ticketsFor(spec));
    } catch (SSLException refused) {
      throw new IllegalStateException("the TLS library refuses a certificate", refused);
    }
  }

  /**
   * The contexts that a listener goes on with: those of before while nothing of their TLS has
   * changed.
   *
   * @param wanted null for clear text
   * @param before what the listener has; null for nothing
   * @throws IllegalStateException as {@link #of}
   */
  public static @Nullable ServerTls renewed(@Nullable TlsSpec wanted, @Nullable ServerTls before) {
    if (wanted == null) {
      return null;
    }
    return before != null && before.spec.equals(wanted) ? before : of(wanted, before);
  }

  /** A resumed session is not verified again: it must not outlive what it was verified by. */
  private @Nullable TicketKeys ticketsFor(TlsSpec next) {
    boolean isSame =
        spec.clientAuth() == next.clientAuth()
            && spec.clientCas().equals(next.clientCas())
            && spec.tls12() == next.tls12();
    return isSame ? tickets : null;
  }

  private static SslContext context(TlsSpec spec, KeyMaterial material, boolean staples)
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
            .enableOcsp(staples);
    if (spec.alpn()) {
      builder.applicationProtocolConfig(
          new ApplicationProtocolConfig(
              Protocol.ALPN,
              SelectorFailureBehavior.NO_ADVERTISE,
              SelectedListenerFailureBehavior.ACCEPT,
              spec.http2() ? BOTH : HTTP1_ONLY));
    }
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
   * bounded by the listener's handshake timeout together. A hello that it refuses is told by a
   * failed {@code SniCompletionEvent}.
   */
  public ChannelHandler newHandler() {
    return new ClientHello(this, Math.max(1, spec.handshakeTimeout().toMillis()));
  }

  /** What a client is told whose hello was refused; the caller's. */
  public static ByteBuf helloAlert() {
    return ClientHello.alert();
  }

  /** The OCSP response that goes with a context; null for none, or when its time is over. */
  byte @Nullable [] stapleOf(SslContext context) {
    OcspStaple staple = staples.get(context);
    return staple == null || !staple.validUntil().isAfter(Instant.now()) ? null : staple.response();
  }

  SslContext contextFor(@Nullable String name) {
    if (name == null || name.isEmpty()) {
      return first;
    }
    String lower = withoutRootDot(name).toLowerCase(Locale.ROOT);
    SslContext found = exact.get(lower);
    if (found == null) {
      int dot = lower.indexOf('.');
      found = dot < 0 ? null : wildcard.get(lower.substring(dot + 1));
    }
    return found == null ? first : found;
  }

  /** The name that a client asked for; null for none. After the handshake. */
  public static @Nullable String askedName(SSLEngine engine) {
    return ServerNames.asked(engine);
  }

  /**
   * Whether a handshake that has succeeded was made with the certificate of the name that BoringSSL
   * has read. Netty looks for the name by itself, beforehand; should there be a ClientHello that it
   * reads otherwise, that must not get by with another certificate.
   */
  public boolean isRightful(SSLEngine engine) {
    String asked = ServerNames.asked(engine);
    return asked == null || isMadeBy(contextFor(asked), engine);
  }

  /**
   * Whether a request for {@code authority} may be served on a connection: the certificate of its
   * handshake has to be the one that the authority leads to (RFC 9110 section 7.4, 421). With
   * {@code strictAuthority} the name itself has to be the one that the handshake asked for; a
   * handshake that asked for none serves nothing.
   *
   * @param authority host, with or without port
   * @param engine of the connection, its handshake done
   */
  public boolean serves(String authority, SSLEngine engine) {
    String host = host(authority);
    if (spec.strictAuthority()) {
      String asked = ServerNames.asked(engine);
      if (asked == null || !withoutRootDot(asked).equalsIgnoreCase(host)) {
        return false;
      }
    }
    return contexts.size() == 1 || isMadeBy(contextFor(host), engine);
  }

  @SuppressWarnings("ReferenceEquality") // one session context per certificate
  private static boolean isMadeBy(SslContext context, SSLEngine engine) {
    return engine.getSession().getSessionContext() == context.sessionContext();
  }

  private static String host(String authority) {
    int colon = authority.lastIndexOf(':');
    return withoutRootDot(
        colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority);
  }

  /** The absolute form of a name ({@code example.org.}) is the same name (RFC 1034 section 3.1). */
  private static String withoutRootDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** Lets time pass for the session tickets; to be called about once a second. Any thread. */
  public void tick(long nowNanos) {
    tickets.tick(nowNanos);
  }
}
