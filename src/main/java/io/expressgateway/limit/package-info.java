/**
 * Bounds on what may happen at once or in a time: retries, connections.
 *
 * <p>JDK only. Start with {@link io.expressgateway.limit.RetryBudget} or {@link
 * io.expressgateway.limit.ConnectionCaps}.
 */
@NullMarked
package io.expressgateway.limit;

import org.jspecify.annotations.NullMarked;
