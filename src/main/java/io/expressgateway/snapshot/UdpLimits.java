package io.expressgateway.snapshot;

import java.time.Duration;

/**
 * Limits of a relay's UDP sessions. A session is what one client address and port sends to one
 * listener.
 *
 * @param sessionIdleTimeout after which a session without a datagram is forgotten
 * @param maxSessions at a time
 * @param maxSessionsPerIp at a time from one address
 */
public record UdpLimits(Duration sessionIdleTimeout, int maxSessions, int maxSessionsPerIp) {

  /** The defaults of the configuration reference. */
  public static final UdpLimits DEFAULTS = new UdpLimits(Duration.ofSeconds(60), 65_536, 1024);
}
