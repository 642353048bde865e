package io.expressgateway.cluster;

import io.expressgateway.net.HostPort;
import io.expressgateway.net.KeyMaterial;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as configured; every component is validated before it gets here.
 *
 * @param name unique
 * @param protocol how endpoints are spoken to
 * @param balancer the algorithm's name, as in {@code round-robin}
 * @param hashOn what consistent hashing hashes: {@code source-ip}, {@code path}, {@code header:X},
 *     {@code cookie:X}, {@code connection-id}
 * @param affinityCookie the cookie of session affinity
 * @param slowStart how long a new or recovered endpoint takes to its full share; zero for none
 * @param connectTimeout per try
 * @param firstByteTimeout end of request to first byte of the response, per try
 * @param retry retry budget and replay buffer
 * @param endpoints as written; names are resolved later
 * @param healthCheck null when there is none
 * @param outlier passive ejection
 * @param pool limits of the connection pool, per endpoint
 * @param tls TLS towards the endpoints; null for clear text
 * @param proxyProtocol the PROXY protocol header that connections to endpoints begin with
 * @param implicit whether it was made for a route's {@code http://host:port} uri
 */
public record ClusterSpec(
    String name,
    Protocol protocol,
    String balancer,
    String hashOn,
    String affinityCookie,
    Duration slowStart,
    Duration connectTimeout,
    Duration firstByteTimeout,
    Retry retry,
    List<EndpointSpec> endpoints,
    @Nullable HealthCheck healthCheck,
    Outlier outlier,
    Pool pool,
    @Nullable Tls tls,
    ProxyProtocol proxyProtocol,
    boolean implicit) {

  /** A cluster whose endpoints are told nothing by the PROXY protocol. */
  public ClusterSpec(
      String name,
      Protocol protocol,
      String balancer,
      String hashOn,
      String affinityCookie,
      Duration slowStart,
      Duration connectTimeout,
      Duration firstByteTimeout,
      Retry retry,
      List<EndpointSpec> endpoints,
      @Nullable HealthCheck healthCheck,
      Outlier outlier,
      Pool pool,
      @Nullable Tls tls,
      boolean implicit) {
    this(
        name,
        protocol,
        balancer,
        hashOn,
        affinityCookie,
        slowStart,
        connectTimeout,
        firstByteTimeout,
        retry,
        endpoints,
        healthCheck,
        outlier,
        pool,
        tls,
        ProxyProtocol.OFF,
        implicit);
  }

  /** A cluster spoken to in clear text. */
  public ClusterSpec(
      String name,
      Protocol protocol,
      String balancer,
      String hashOn,
      String affinityCookie,
      Duration slowStart,
      Duration connectTimeout,
      Duration firstByteTimeout,
      Retry retry,
      List<EndpointSpec> endpoints,
      @Nullable HealthCheck healthCheck,
      Outlier outlier,
      Pool pool,
      boolean implicit) {
    this(
        name,
        protocol,
        balancer,
        hashOn,
        affinityCookie,
        slowStart,
        connectTimeout,
        firstByteTimeout,
        retry,
        endpoints,
        healthCheck,
        outlier,
        pool,
        null,
        implicit);
  }

  /** Copies the list. */
  public ClusterSpec {
    endpoints = List.copyOf(endpoints);
  }

  /** A cluster of one endpoint with every default, named by its address. */
  public static ClusterSpec implicit(HostPort address) {
    return new ClusterSpec(
        address.toString(),
        Protocol.HTTP1,
        "round-robin",
        "source-ip",
        "EG_AFFINITY",
        Duration.ZERO,
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        new Retry(20, 64 * 1024),
        List.of(new EndpointSpec(address, 1)),
        null,
        new Outlier(true, false, 5, Duration.ofSeconds(30), 50, 50),
        new Pool(1024, 1024, Duration.ofSeconds(60), Duration.ofSeconds(300)),
        true);
  }

  /** The PROXY protocol header that a connection to an endpoint begins with. */
  public enum ProxyProtocol {
    /** None. */
    OFF,
    /** Version 1: a line of text. */
    V1,
    /** Version 2: bytes. */
    V2
  }

  /** How endpoints are spoken to. */
  public enum Protocol {
    /** HTTP/1.1. */
    HTTP1("http/1.1"),
    /** HTTP/2: by prior knowledge in clear text, by ALPN over TLS (RFC 9113 section 3). */
    HTTP2("h2"),
    /** Bytes of connections, whatever they mean. */
    TCP(""),
    /** Datagrams, whatever they mean. */
    UDP("");

    private final String alpn;

    Protocol(String alpn) {
      this.alpn = alpn;
    }

    /** Whether endpoints get requests; a relay gives bytes. */
    public boolean isHttp() {
      return this == HTTP1 || this == HTTP2;
    }

    /** The name in ALPN (RFC 7301 section 6); empty when none is said. */
    public String alpn() {
      return alpn;
    }
  }

  /**
   * One configured endpoint.
   *
   * @param address host name or literal, and port
   * @param weight 0 takes no new work
   */
  public record EndpointSpec(HostPort address, int weight) {}

  /**
   * Retry limits.
   *
   * @param budgetPercent retries as a share of requests over the last ten seconds
   * @param replayBufferBytes the most request body kept for another try
   */
  public record Retry(int budgetPercent, int replayBufferBytes) {}

  /**
   * Active health check.
   *
   * @param type {@code http}, {@code tcp} or {@code grpc}
   * @param path request path of {@code http}
   * @param service what {@code grpc} asks for; empty for the endpoint as a whole
   * @param interval between the starts of two checks
   * @param timeout of one check
   * @param healthyThreshold successes in a row to become healthy
   * @param unhealthyThreshold failures in a row to become unhealthy
   * @param expectedStatusFrom lowest good status of {@code http}
   * @param expectedStatusTo highest good status of {@code http}
   * @param port checked instead of the endpoint's own; null for the own
   */
  public record HealthCheck(
      String type,
      String path,
      String service,
      Duration interval,
      Duration timeout,
      int healthyThreshold,
      int unhealthyThreshold,
      int expectedStatusFrom,
      int expectedStatusTo,
      @Nullable Integer port) {

    /** A check that names no service. */
    public HealthCheck(
        String type,
        String path,
        Duration interval,
        Duration timeout,
        int healthyThreshold,
        int unhealthyThreshold,
        int expectedStatusFrom,
        int expectedStatusTo,
        @Nullable Integer port) {
      this(
          type,
          path,
          "",
          interval,
          timeout,
          healthyThreshold,
          unhealthyThreshold,
          expectedStatusFrom,
          expectedStatusTo,
          port);
    }
  }

  /**
   * Outlier ejection.
   *
   * @param enabled whether failures are watched at all
   * @param observeOnly count what would be ejected, eject nothing
   * @param consecutiveFailures in a row to be ejected
   * @param baseEjectionTime of the first ejection; grows with each further one
   * @param maxEjectedPercent never more of the cluster than this, but always at least one
   * @param panicThreshold below this percentage of available endpoints all are used again
   */
  public record Outlier(
      boolean enabled,
      boolean observeOnly,
      int consecutiveFailures,
      Duration baseEjectionTime,
      int maxEjectedPercent,
      int panicThreshold) {}

  /**
   * TLS towards endpoints.
   *
   * @param verify whether the certificate and the name in it are verified
   * @param cas who may have signed it; empty for the JDK's own list
   * @param serverName the name asked for and verified; null for the endpoint's host
   * @param own our certificate, shown when the endpoint asks; null for none
   */
  public record Tls(
      boolean verify,
      List<X509Certificate> cas,
      @Nullable String serverName,
      @Nullable KeyMaterial own) {

    /** Verified against the JDK's list, by the endpoint's host. */
    public static final Tls DEFAULTS = new Tls(true, List.of(), null, null);

    /** Copies the list. */
    public Tls {
      cas = List.copyOf(cas);
    }
  }

  /**
   * Pool limits per endpoint, shared out over the event loops.
   *
   * @param maxConnections open at a time
   * @param maxPending requests waiting for one
   * @param idleTimeout an unused connection is closed after this
   * @param maxLifetime a connection is not reused past this
   */
  public record Pool(
      int maxConnections, int maxPending, Duration idleTimeout, Duration maxLifetime) {}
}
