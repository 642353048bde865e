package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.Range;
import java.time.Duration;

/**
 * Limits of a relay's connections.
 *
 * @param idleTimeout longest time in which nothing moves in either direction
 * @param maxLifetime from the connection to its end
 * @param writeStallTimeout longest time in which a peer takes nothing of what waits for it
 * @param connectAttempts endpoints that are tried before the client is sent away
 */
public record RelayProperties(
    @DefaultValue("1h") Duration idleTimeout,
    @DefaultValue("0s") Duration maxLifetime,
    @DefaultValue("5m") Duration writeStallTimeout,
    @DefaultValue("3") @Range(min = 1, max = 100) int connectAttempts) {}
