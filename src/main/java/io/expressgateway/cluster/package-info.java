/**
 * Clusters and their endpoints: facts as configured, live state, and who may be picked.
 *
 * <p>JDK only. Start with {@link io.expressgateway.cluster.Cluster}.
 */
@NullMarked
package io.expressgateway.cluster;

import org.jspecify.annotations.NullMarked;
