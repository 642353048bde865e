package io.expressgateway.snapshot;

import io.expressgateway.net.Cidr;
import io.expressgateway.net.HostPort;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A listener as configured; every component is validated before it gets here.
 *
 * @param name unique
 * @param bind where it listens; port 0 for any free one
 * @param protocol what it speaks
 * @param maxConnections open at a time
 * @param maxConnectionsPerIp open at a time from one address
 * @param trustedProxies whose forwarding headers are believed
 * @param trustedProxyPattern Spring Cloud Gateway's regular expression on the peer's textual
 *     address; empty when CIDRs are used
 * @param forwarding which forwarding headers are written
 * @param accessLog what is logged per request
 * @param http limits and timers
 * @param tls certificates and client authentication; null for clear text
 * @param handshakeTimeout longest wait for what comes before content: a PROXY protocol header, a
 *     ClientHello
 * @param proxyProtocol whether connections begin with a PROXY protocol header
 * @param relay what a relay does with bytes; null for a listener of HTTP
 */
public record ListenerSpec(
    String name,
    HostPort bind,
    Protocol protocol,
    int maxConnections,
    int maxConnectionsPerIp,
    List<Cidr> trustedProxies,
    String trustedProxyPattern,
    Forwarding forwarding,
    AccessLogSpec accessLog,
    HttpLimits http,
    @Nullable TlsSpec tls,
    Duration handshakeTimeout,
    ProxyProtocol proxyProtocol,
    @Nullable RelaySpec relay) {

  /** A listener of HTTP without PROXY protocol. */
  public ListenerSpec(
      String name,
      HostPort bind,
      Protocol protocol,
      int maxConnections,
      int maxConnectionsPerIp,
      List<Cidr> trustedProxies,
      String trustedProxyPattern,
      Forwarding forwarding,
      AccessLogSpec accessLog,
      HttpLimits http,
      @Nullable TlsSpec tls) {
    this(
        name,
        bind,
        protocol,
        maxConnections,
        maxConnectionsPerIp,
        trustedProxies,
        trustedProxyPattern,
        forwarding,
        accessLog,
        http,
        tls,
        Duration.ofSeconds(5),
        ProxyProtocol.OFF,
        null);
  }

  /** A listener in clear text. */
  public ListenerSpec(
      String name,
      HostPort bind,
      Protocol protocol,
      int maxConnections,
      int maxConnectionsPerIp,
      List<Cidr> trustedProxies,
      String trustedProxyPattern,
      Forwarding forwarding,
      AccessLogSpec accessLog,
      HttpLimits http) {
    this(
        name,
        bind,
        protocol,
        maxConnections,
        maxConnectionsPerIp,
        trustedProxies,
        trustedProxyPattern,
        forwarding,
        accessLog,
        http,
        null);
  }

  /** Copies the list. */
  public ListenerSpec {
    trustedProxies = List.copyOf(trustedProxies);
  }

  /** Whether connections begin with a PROXY protocol header (version 1 or 2). */
  public enum ProxyProtocol {
    /** They do not. */
    OFF,
    /** They may. */
    ACCEPT,
    /** They have to. */
    REQUIRE
  }

  /** What a listener speaks. */
  public enum Protocol {
    /** HTTP in clear text. */
    HTTP("http"),
    /** HTTP over TLS. */
    HTTPS("https"),
    /** Bytes of connections, whatever they mean. */
    TCP("tcp"),
    /** Datagrams, whatever they mean. */
    UDP("udp"),
    /** Bytes within TLS that ends here. */
    TLS("tls"),
    /** TLS that does not end here: its first message says where it goes. */
    TLS_PASSTHROUGH("tls-passthrough");

    private final String text;

    Protocol(String text) {
      this.text = text;
    }

    /** Whether a relay serves it, which knows no requests. */
    public boolean isRelayed() {
      return switch (this) {
        case HTTP, HTTPS -> false;
        case TCP, UDP, TLS, TLS_PASSTHROUGH -> true;
      };
    }

    /** As written in the configuration; for HTTP also the scheme of what arrives. */
    public String text() {
      return text;
    }
  }

  /**
   * Which forwarding headers the gateway writes, as Spring Cloud Gateway's {@code x-forwarded.*}
   * and {@code forwarded.*} switches say.
   *
   * @param xFor X-Forwarded-For
   * @param xForAppend append to a trusted value instead of replacing it
   * @param xProto X-Forwarded-Proto
   * @param xProtoAppend as {@code xForAppend}
   * @param xHost X-Forwarded-Host
   * @param xHostAppend as {@code xForAppend}
   * @param xPort X-Forwarded-Port
   * @param xPortAppend as {@code xForAppend}
   * @param xPrefix X-Forwarded-Prefix
   * @param xPrefixAppend as {@code xForAppend}
   * @param forwarded Forwarded (RFC 7239)
   */
  public record Forwarding(
      boolean xFor,
      boolean xForAppend,
      boolean xProto,
      boolean xProtoAppend,
      boolean xHost,
      boolean xHostAppend,
      boolean xPort,
      boolean xPortAppend,
      boolean xPrefix,
      boolean xPrefixAppend,
      boolean forwarded) {

    /** Everything written and appended, as Spring Cloud Gateway does by default. */
    public static final Forwarding ALL =
        new Forwarding(true, true, true, true, true, true, true, true, true, true, true);
  }

  /**
   * Access log of a listener.
   *
   * @param format {@code off}, {@code json}, {@code combined}, or a pattern
   * @param path {@code stdout} or a file
   * @param sample share of requests that are logged, 0.0 to 1.0
   */
  public record AccessLogSpec(String format, String path, double sample) {}

  /** What to do with header names that hold an underscore. */
  public enum UnderscoreHeaders {
    /** 400 whose reason names the configuration key. */
    REJECT,
    /** The field is removed. */
    DROP,
    /** The field is passed. */
    ALLOW
  }

  /**
   * What a listener says of gRPC calls.
   *
   * @param maxDeadline the longest that a call with a deadline may take; zero for no limit
   * @param idleTimeout longest time in which nothing moves in either direction; zero for no limit
   * @param healthService whether {@code grpc.health.v1.Health} is answered here
   */
  public record GrpcLimits(Duration maxDeadline, Duration idleTimeout, boolean healthService) {

    /** The defaults of the configuration reference. */
    public static final GrpcLimits DEFAULTS =
        new GrpcLimits(Duration.ofMinutes(5), Duration.ofHours(1), false);
  }

  /**
   * Limits and timers of HTTP.
   *
   * @param headerTimeout first byte of a head to its end
   * @param bodyIdleTimeout longest silence within a request body
   * @param minBodyRate bytes per second below which a request body is too slow, and the client too
   *     slow for a response that waits for it
   * @param writeStallTimeout how long a response may wait for a client that takes less of it than
   *     {@code minBodyRate}
   * @param responseTimeout end of request to response head; zero for none
   * @param keepAliveTimeout longest silence between two requests
   * @param maxKeepAliveRequests requests per connection
   * @param maxHeaderBytes of a head
   * @param maxHeaderFields of a head
   * @param maxBodyBytes of a request
   * @param maxPipelined requests received ahead of their responses
   * @param underscoreHeaders what to do with names like {@code a_b}
   * @param maxStreams requests at a time on an HTTP/2 connection
   * @param windowBytes of request body that an HTTP/2 stream may send ahead
   * @param maxConnectionAge after which a connection is asked to leave; zero for never
   * @param webSocket what a WebSocket may do
   * @param grpc what is said of gRPC calls
   */
  public record HttpLimits(
      Duration headerTimeout,
      Duration bodyIdleTimeout,
      long minBodyRate,
      Duration writeStallTimeout,
      Duration responseTimeout,
      Duration keepAliveTimeout,
      int maxKeepAliveRequests,
      int maxHeaderBytes,
      int maxHeaderFields,
      long maxBodyBytes,
      int maxPipelined,
      UnderscoreHeaders underscoreHeaders,
      int maxStreams,
      int windowBytes,
      Duration maxConnectionAge,
      WebSocketLimits webSocket,
      GrpcLimits grpc) {

    /** These limits with others for WebSocket. */
    public HttpLimits with(WebSocketLimits others) {
      return with(others, grpc);
    }

    /** These limits with others for gRPC. */
    public HttpLimits with(GrpcLimits others) {
      return with(webSocket, others);
    }

    private HttpLimits with(WebSocketLimits webSocket, GrpcLimits grpc) {
      return new HttpLimits(
          headerTimeout,
          bodyIdleTimeout,
          minBodyRate,
          writeStallTimeout,
          responseTimeout,
          keepAliveTimeout,
          maxKeepAliveRequests,
          maxHeaderBytes,
          maxHeaderFields,
          maxBodyBytes,
          maxPipelined,
          underscoreHeaders,
          maxStreams,
          windowBytes,
          maxConnectionAge,
          webSocket,
          grpc);
    }

    /** Limits with the defaults of streams, WebSocket and gRPC, and no connection age. */
    public HttpLimits(
        Duration headerTimeout,
        Duration bodyIdleTimeout,
        long minBodyRate,
        Duration writeStallTimeout,
        Duration responseTimeout,
        Duration keepAliveTimeout,
        int maxKeepAliveRequests,
        int maxHeaderBytes,
        int maxHeaderFields,
        long maxBodyBytes,
        int maxPipelined,
        UnderscoreHeaders underscoreHeaders) {
      this(
          headerTimeout,
          bodyIdleTimeout,
          minBodyRate,
          writeStallTimeout,
          responseTimeout,
          keepAliveTimeout,
          maxKeepAliveRequests,
          maxHeaderBytes,
          maxHeaderFields,
          maxBodyBytes,
          maxPipelined,
          underscoreHeaders,
          256,
          64 * 1024,
          Duration.ZERO,
          WebSocketLimits.DEFAULTS,
          GrpcLimits.DEFAULTS);
    }

    /** The defaults of the configuration reference. */
    public static final HttpLimits DEFAULTS =
        new HttpLimits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            64,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            1000,
            64 * 1024,
            256,
            64L * 1024 * 1024,
            16,
            UnderscoreHeaders.REJECT);
  }
}
