/**
 * Accepting connections: caps, TLS and which protocol the client speaks.
 *
 * <p>Start with {@link io.expressgateway.http.listener.Listener}.
 */
@NullMarked
package io.expressgateway.http.listener;

import org.jspecify.annotations.NullMarked;
