package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import java.time.Duration;
import org.springframework.util.unit.DataSize;

/**
 * WebSocket of a listener.
 *
 * @param enabled whether it is served
 * @param idleTimeout how long no byte may move in either direction; 0 for ever
 * @param maxMessageSize of a message as it passes, summed over its frames; 0 for any
 * @param maxFrameSize of a frame; 0 for any
 * @param maxLifetime from the handshake to the end; 0 for ever
 */
public record WebSocketProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("60s") Duration idleTimeout,
    @DefaultValue("16MB") DataSize maxMessageSize,
    @DefaultValue("0B") DataSize maxFrameSize,
    @DefaultValue("0s") Duration maxLifetime) {}
