package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.Range;
import java.time.Duration;

/**
 * Limits of a relay's UDP sessions.
 *
 * @param sessionIdleTimeout after which a session without a datagram is forgotten
 * @param maxSessions at a time
 * @param maxSessionsPerIp at a time from one address
 */
public record UdpProperties(
    @DefaultValue("60s") @Range(min = 1) Duration sessionIdleTimeout,
    @DefaultValue("65536") @Range(min = 1, max = 10_000_000) int maxSessions,
    @DefaultValue("1024") @Range(min = 1, max = 10_000_000) int maxSessionsPerIp) {}
