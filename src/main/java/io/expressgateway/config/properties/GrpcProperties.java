package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import java.time.Duration;

/**
 * gRPC calls of a listener.
 *
 * @param maxDeadline the longest that a call with a deadline may take; off for no limit; calls
 *     without a deadline stay without
 * @param idleTimeout longest time in which nothing moves in either direction of a call to an http2
 *     cluster; off for no limit
 * @param healthService whether grpc.health.v1.Health is answered here instead of by a route
 */
public record GrpcProperties(
    @DefaultValue("300s") Duration maxDeadline,
    @DefaultValue("1h") Duration idleTimeout,
    @DefaultValue("false") boolean healthService) {}
