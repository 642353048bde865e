/**
 * Connections to endpoints: pools per event loop, name resolution and active health checks.
 *
 * <p>Start with {@link io.expressgateway.http.upstream.LoopPools}.
 */
@NullMarked
package io.expressgateway.http.upstream;

import org.jspecify.annotations.NullMarked;
