/**
 * What is known of an endpoint's health: the verdict of active checks, and ejection after failures
 * seen in live traffic. Logic only: whoever does the I/O of a check lives in the data plane.
 *
 * <p>JDK only; knows nothing of clusters. Start with {@link io.expressgateway.health.ActiveHealth}
 * and {@link io.expressgateway.health.Ejection}.
 */
@NullMarked
package io.expressgateway.health;

import org.jspecify.annotations.NullMarked;
