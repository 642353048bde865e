package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.OneOf;
import io.expressgateway.config.bind.Range;
import java.time.Duration;
import org.springframework.util.unit.DataSize;

/**
 * Limits and timers of HTTP.
 *
 * @param headerTimeout first byte of a head to its end
 * @param bodyIdleTimeout longest silence within a request body
 * @param minBodyRate per second; a slower request body is too slow; 0 for no floor
 * @param writeStallTimeout how long a response may wait for a client that takes less of it than
 *     {@code minBodyRate}
 * @param responseTimeout end of request to response head; 0 for none
 * @param keepAliveTimeout longest silence between two requests
 * @param maxKeepAliveRequests requests per connection
 * @param maxHeaderSize of a head
 * @param maxHeaderFields of a head
 * @param maxBodySize of a request
 * @param maxPipelined requests received ahead of their responses
 * @param underscoreHeaders what to do with names like a_b
 * @param maxStreams streams per HTTP/2 or HTTP/3 connection
 * @param window flow control window per stream and direction
 * @param maxConnectionAge after which a connection is asked to leave; 0 for never
 * @param websocket what a WebSocket may do
 * @param grpc gRPC calls
 */
public record HttpProperties(
    @DefaultValue("10s") @Range(min = 1) Duration headerTimeout,
    @DefaultValue("30s") @Range(min = 1) Duration bodyIdleTimeout,
    @DefaultValue("64B") DataSize minBodyRate,
    @DefaultValue("30s") @Range(min = 1) Duration writeStallTimeout,
    @DefaultValue("60s") Duration responseTimeout,
    @DefaultValue("60s") @Range(min = 1) Duration keepAliveTimeout,
    @DefaultValue("1000") @Range(min = 1) int maxKeepAliveRequests,
    @DefaultValue("64KB") @Range(min = 1024, max = 16_777_216) DataSize maxHeaderSize,
    @DefaultValue("256") @Range(min = 1, max = 65_535) int maxHeaderFields,
    @DefaultValue("64MB") DataSize maxBodySize,
    @DefaultValue("16") @Range(min = 1, max = 1024) int maxPipelined,
    @DefaultValue("reject") @OneOf({"reject", "drop", "allow"}) String underscoreHeaders,
    @DefaultValue("256") @Range(min = 1, max = 65_535) int maxStreams,
    @DefaultValue("64KB") @Range(min = 1024, max = 16_777_216) DataSize window,
    @DefaultValue("off") Duration maxConnectionAge,
    WebSocketProperties websocket,
    GrpcProperties grpc) {}
