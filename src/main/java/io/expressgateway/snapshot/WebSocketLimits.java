package io.expressgateway.snapshot;

import java.time.Duration;

/**
 * What a WebSocket may do on a listener. Rates of frames are rules ({@code limit.Rule}).
 *
 * @param enabled whether WebSocket is served
 * @param idleTimeout how long no byte may move in either direction; zero for ever
 * @param maxMessageBytes of a message, summed over its frames as they pass, so compressed ones
 *     count compressed; 0 for any
 * @param maxFrameBytes of a frame; 0 for any
 * @param maxLifetime from the handshake's answer to the end; zero for ever
 */
public record WebSocketLimits(
    boolean enabled,
    Duration idleTimeout,
    long maxMessageBytes,
    long maxFrameBytes,
    Duration maxLifetime) {

  /** The defaults of the configuration reference. */
  public static final WebSocketLimits DEFAULTS =
      new WebSocketLimits(true, Duration.ofSeconds(60), 16L * 1024 * 1024, 0, Duration.ZERO);
}
