package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.NotBuilt;
import io.expressgateway.config.bind.OneOf;
import io.expressgateway.config.bind.Range;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A listener.
 *
 * @param name unique
 * @param bind host:port; port 0 for any free one
 * @param protocol what it speaks
 * @param http3 whether HTTP/3 is served on the same UDP port
 * @param proxyProtocol whether connections begin with a PROXY protocol header
 * @param maxConnections open at a time
 * @param maxConnectionsPerIp open at a time from one address
 * @param handshakeTimeout longest TLS handshake
 * @param trustedProxies networks whose forwarding headers are believed
 * @param accessLog what is logged per request
 * @param tls certificates and client authentication
 * @param http limits and timers of HTTP
 * @param cluster where the bytes of a relay go
 * @param sni host pattern to cluster
 * @param relay limits of a relay's connections
 * @param udp limits of a relay's UDP sessions
 * @param xdp how packets of this listener are forwarded in the kernel: with addresses rewritten, or
 *     under an outer IP header or to another Ethernet address with endpoints that answer themselves
 */
public record ListenerProperties(
    String name,
    String bind,
    @DefaultValue("http")
        @OneOf({
          "http",
          "https",
          "tcp",
          "udp",
          "tls",
          "tls-passthrough",
          "quic-passthrough",
          "quic-relay"
        })
        @NotBuilt(
            value = "this protocol",
            except = {"http", "https", "tcp", "udp", "tls", "tls-passthrough"})
        String protocol,
    @DefaultValue("false")
        @NotBuilt(
            value = "HTTP/3",
            except = {"false"})
        boolean http3,
    @DefaultValue("off") @OneOf({"off", "accept", "require"}) String proxyProtocol,
    @DefaultValue("65536") @Range(min = 1, max = 10_000_000) int maxConnections,
    @DefaultValue("1024") @Range(min = 1, max = 10_000_000) int maxConnectionsPerIp,
    @DefaultValue("5s") @Range(min = 1) Duration handshakeTimeout,
    List<String> trustedProxies,
    AccessLogProperties accessLog,
    ListenerTlsProperties tls,
    HttpProperties http,
    @Nullable String cluster,
    Map<String, String> sni,
    RelayProperties relay,
    UdpProperties udp,
    @DefaultValue("off") @OneOf({"off", "nat", "dsr-ipip", "dsr-l2"}) String xdp) {}
