package io.expressgateway.snapshot;

import java.time.Duration;

/**
 * Limits of a relay's connections.
 *
 * @param idleTimeout longest time in which nothing moves in either direction; zero for no limit
 * @param maxLifetime from the connection to its end; zero for no limit
 * @param writeStallTimeout longest time in which a peer takes nothing of what waits for it; zero
 *     for no limit
 * @param connectAttempts endpoints that are tried before the client is sent away
 */
public record RelayLimits(
    Duration idleTimeout, Duration maxLifetime, Duration writeStallTimeout, int connectAttempts) {

  /** The defaults of the configuration reference. */
  public static final RelayLimits DEFAULTS =
      new RelayLimits(Duration.ofHours(1), Duration.ZERO, Duration.ofMinutes(5), 3);
}
