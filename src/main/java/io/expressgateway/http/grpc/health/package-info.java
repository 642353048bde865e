/**
 * The health service of gRPC ({@code grpc.health.v1.Health}), answered by the gateway itself for
 * load balancers and clients in front of it, and the two messages that it and the checks of
 * endpoints speak.
 *
 * <p>Start with {@link io.expressgateway.http.grpc.health.HealthService}.
 */
@NullMarked
package io.expressgateway.http.grpc.health;

import org.jspecify.annotations.NullMarked;
