/**
 * Clusters and their endpoints: facts as configured, live state, and who may be picked.
 *
 * <p>JDK only; uses {@code balance}, {@code health} and {@code limit}, and is seen by none of them.
 * Start with {@link io.expressgateway.cluster.Cluster}.
 */
@NullMarked
package io.expressgateway.cluster;

import org.jspecify.annotations.NullMarked;
