package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.NotBuilt;
import io.expressgateway.config.bind.OneOf;
import io.expressgateway.config.bind.Range;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cluster.
 *
 * @param name unique; what {@code lb://name} refers to
 * @param protocol how endpoints are spoken to
 * @param balancer the algorithm
 * @param hashOn what consistent hashing hashes: source-ip, header:NAME, cookie:NAME, path or
 *     connection-id
 * @param affinityCookie the cookie of session affinity
 * @param slowStart how long a new or recovered endpoint takes to its full share
 * @param connectTimeout per try
 * @param firstByteTimeout end of request to first byte of the response, per try
 * @param retry retry budget and replay buffer
 * @param tls TLS towards endpoints
 * @param proxyProtocol whether connections to endpoints begin with a PROXY protocol header
 * @param endpoints where it runs
 * @param healthCheck active health check; absent for none
 * @param outlierEjection passive ejection
 * @param pool connection pool limits per endpoint
 */
public record ClusterProperties(
    String name,
    @DefaultValue("http1")
        @OneOf({"http1", "http2", "http3", "tcp", "udp", "quic"})
        @NotBuilt(
            value = "this protocol",
            except = {"http1", "http2", "tcp", "udp"})
        String protocol,
    @DefaultValue("round-robin") String balancer,
    @DefaultValue("source-ip") String hashOn,
    @DefaultValue("EG_AFFINITY") String affinityCookie,
    @DefaultValue("0s") Duration slowStart,
    @DefaultValue("5s") @Range(min = 1) Duration connectTimeout,
    @DefaultValue("60s") @Range(min = 1) Duration firstByteTimeout,
    RetryProperties retry,
    ClusterTlsProperties tls,
    @DefaultValue("off") @OneOf({"off", "v1", "v2"}) String proxyProtocol,
    List<EndpointProperties> endpoints,
    @Nullable HealthCheckProperties healthCheck,
    OutlierEjectionProperties outlierEjection,
    PoolProperties pool) {}
