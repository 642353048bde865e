/**
 * What gRPC is beside HTTP: the kind of a call, its deadline, its statuses, and how the gateway's
 * own failures look to its clients.
 *
 * <p>Knows heads and reason codes, no streams and no exchange; the health service in {@code health}
 * does. Start with {@link io.expressgateway.http.grpc.GrpcCall}.
 */
@NullMarked
package io.expressgateway.http.grpc;

import org.jspecify.annotations.NullMarked;
