package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.Range;
import java.time.Duration;

/**
 * Connection pool limits of a cluster, per endpoint, shared out over the event loops.
 *
 * @param maxConnections open at a time
 * @param maxPending requests waiting for one
 * @param idleTimeout an unused connection is closed after this
 * @param maxLifetime a connection is not reused past this
 */
public record PoolProperties(
    @DefaultValue("1024") @Range(min = 1, max = 1_000_000) int maxConnections,
    @DefaultValue("1024") @Range(max = 1_000_000) int maxPending,
    @DefaultValue("60s") @Range(min = 1) Duration idleTimeout,
    @DefaultValue("300s") @Range(min = 1) Duration maxLifetime) {}
