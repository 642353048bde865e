/**
 * Relays: bytes between a client and an endpoint, whatever they mean.
 *
 * <p>Knows neither HTTP nor Spring nor Micrometer. Start with {@link
 * io.expressgateway.stream.StreamEngine}, then {@link io.expressgateway.stream.Flow}.
 */
@NullMarked
package io.expressgateway.stream;

import org.jspecify.annotations.NullMarked;
