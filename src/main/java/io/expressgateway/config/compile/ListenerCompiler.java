package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.config.properties.HttpProperties;
import io.expressgateway.config.properties.ListenerProperties;
import io.expressgateway.config.properties.ListenerTlsProperties;
import io.expressgateway.config.properties.WebSocketProperties;
import io.expressgateway.metrics.AccessLogs;
import io.expressgateway.net.Cidr;
import io.expressgateway.net.HostPort;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.ListenerSpec.AccessLogSpec;
import io.expressgateway.snapshot.ListenerSpec.Forwarding;
import io.expressgateway.snapshot.ListenerSpec.GrpcLimits;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import io.expressgateway.snapshot.ListenerSpec.UnderscoreHeaders;
import io.expressgateway.snapshot.WebSocketLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Listeners as written to listeners as served. Confined to the thread that compiles. */
public final class ListenerCompiler {

  private static final ListenerTlsProperties NO_TLS =
      Defaulted.bind(Map.of(), ListenerTlsProperties.class);

  private static final String KEY = "expressgateway.listeners";

  private final Problems problems;
  private final TlsCompiler tls;
  private final RelayCompiler relays;

  /** Reports to {@code problems}. */
  public ListenerCompiler(Problems problems, KeyFiles files, SslBundleKeys bundles) {
    this.problems = problems;
    this.tls = new TlsCompiler(problems, files, bundles);
    this.relays = new RelayCompiler(problems);
  }

  /**
   * The listeners, in order; those without a usable name or bind address are left out, with a
   * problem reported.
   *
   * @param proxyPattern Spring Cloud Gateway's pattern of trusted proxies; empty for none
   * @param http2 whether ALPN offers HTTP/2 where there is TLS
   */
  public List<ListenerSpec> compile(
      List<ListenerProperties> listeners,
      Forwarding forwarding,
      String proxyPattern,
      boolean http2) {
    List<ListenerSpec> specs = new ArrayList<>();
    Names names = new Names(problems);
    Map<String, String> binds = new HashMap<>();
    for (int i = 0; i < listeners.size(); i++) {
      String key = KEY + "[" + i + "]";
      ListenerProperties listener = listeners.get(i);
      names.check(key + ".name", listener.name());
      HostPort bind = bind(key, listener, binds);
      refuseTwoKindsOfTrust(key, listener, proxyPattern);
      warnOfTrustInEverybody(key, listener, proxyPattern);
      checkFormat(key + ".access-log.format", listener.accessLog().format());
      if (bind != null) {
        specs.add(spec(key, listener, bind, forwarding, proxyPattern, http2));
      }
    }
    return specs;
  }

  private ListenerSpec spec(
      String key,
      ListenerProperties listener,
      HostPort bind,
      Forwarding forwarding,
      String proxyPattern,
      boolean http2) {
    ListenerSpec.Protocol protocol = RelayClusters.protocol(listener);
    boolean secure =
        protocol == ListenerSpec.Protocol.HTTPS || protocol == ListenerSpec.Protocol.TLS;
    if (!secure && hasTls(listener)) {
      problems.refuse(
          key + ".tls",
          listener.name(),
          "a listener of protocol " + listener.protocol() + " uses no certificate",
          "write protocol: " + (protocol.isRelayed() ? "tls" : "https") + ", or remove the key");
    }
    return new ListenerSpec(
        listener.name(),
        bind,
        protocol,
        listener.maxConnections(),
        listener.maxConnectionsPerIp(),
        networks(key + ".trusted-proxies", listener.trustedProxies()),
        proxyPattern,
        forwarding,
        new AccessLogSpec(
            listener.accessLog().format(),
            listener.accessLog().path(),
            listener.accessLog().sample()),
        limits(listener.http()),
        secure ? tls.compile(key, listener, http2) : null,
        listener.handshakeTimeout(),
        ListenerSpec.ProxyProtocol.valueOf(listener.proxyProtocol().toUpperCase(Locale.ROOT)),
        relays.compile(key, listener, protocol));
  }

  private static boolean hasTls(ListenerProperties listener) {
    return !listener.tls().equals(NO_TLS);
  }

  private @Nullable HostPort bind(
      String key, ListenerProperties listener, Map<String, String> binds) {
    if (listener.bind().isEmpty()) {
      return null;
    }
    HostPort bind;
    try {
      bind = HostPort.parse(listener.bind());
    } catch (IllegalArgumentException malformed) {
      problems.refuse(
          key + ".bind",
          listener.bind(),
          "is not an address and a port",
          "write host:port, as in 0.0.0.0:8080 or [::]:8080");
      return null;
    }
    String other =
        bind.port() == 0 ? null : binds.putIfAbsent(transport(listener) + bind, listener.name());
    if (other != null) {
      problems.refuse(
          key + ".bind",
          listener.bind(),
          "is the address of listener " + other + " too",
          "give each listener an address of its own");
    }
    return bind;
  }

  /** One address and port is two: one of UDP and one of TCP. */
  private static String transport(ListenerProperties listener) {
    return listener.protocol().equals("udp") ? "udp " : "tcp ";
  }

  private void checkFormat(String key, String format) {
    try {
      AccessLogs.checkFormat(format);
    } catch (IllegalArgumentException malformed) {
      problems.refuse(
          key,
          format,
          String.valueOf(malformed.getMessage()),
          "write off, json, combined, or a pattern of the directives in the operations guide");
    }
  }

  private void refuseTwoKindsOfTrust(String key, ListenerProperties listener, String pattern) {
    if (!pattern.isEmpty() && !listener.trustedProxies().isEmpty()) {
      problems.refuse(
          key + ".trusted-proxies",
          String.join(",", listener.trustedProxies()),
          "spring.cloud.gateway.server.webflux.trusted-proxies is set too",
          "keep one: networks here, or the pattern there");
    }
  }

  private void warnOfTrustInEverybody(String key, ListenerProperties listener, String pattern) {
    // The pattern is for requests.
    boolean isPatternFor = !pattern.isEmpty() && !RelayClusters.protocol(listener).isRelayed();
    if (!listener.proxyProtocol().equals("off")
        && listener.trustedProxies().isEmpty()
        && !isPatternFor) {
      problems.warn(
          key + ".proxy-protocol",
          listener.proxyProtocol(),
          "whoever can connect is believed, so that clients may say who they are",
          "name the proxies' networks in trusted-proxies");
    }
  }

  private List<Cidr> networks(String key, List<String> texts) {
    List<Cidr> networks = new ArrayList<>();
    for (String text : texts) {
      try {
        networks.add(Cidr.parse(text));
      } catch (IllegalArgumentException malformed) {
        problems.refuse(
            key, text, String.valueOf(malformed.getMessage()), "write a network, as in 10.0.0.0/8");
      }
    }
    return networks;
  }

  /** The limits of HTTP as the data plane takes them. */
  static HttpLimits limits(HttpProperties http) {
    return new HttpLimits(
        http.headerTimeout(),
        http.bodyIdleTimeout(),
        http.minBodyRate().toBytes(),
        http.writeStallTimeout(),
        http.responseTimeout(),
        http.keepAliveTimeout(),
        http.maxKeepAliveRequests(),
        Math.toIntExact(http.maxHeaderSize().toBytes()),
        http.maxHeaderFields(),
        http.maxBodySize().toBytes(),
        http.maxPipelined(),
        UnderscoreHeaders.valueOf(http.underscoreHeaders().toUpperCase(Locale.ROOT)),
        http.maxStreams(),
        Math.toIntExact(http.window().toBytes()),
        http.maxConnectionAge(),
        webSocket(http.websocket()),
        new GrpcLimits(
            http.grpc().maxDeadline(), http.grpc().idleTimeout(), http.grpc().healthService()));
  }

  private static WebSocketLimits webSocket(WebSocketProperties webSocket) {
    return new WebSocketLimits(
        webSocket.enabled(),
        webSocket.idleTimeout(),
        webSocket.maxMessageSize().toBytes(),
        webSocket.maxFrameSize().toBytes(),
        webSocket.maxLifetime());
  }
}
