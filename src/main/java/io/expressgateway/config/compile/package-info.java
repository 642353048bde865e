/**
 * Bound records and route definitions to the core's facts, with every check that needs more than
 * one key. Start with {@link io.expressgateway.config.compile.ClusterCompiler}.
 */
@NullMarked
package io.expressgateway.config.compile;

import org.jspecify.annotations.NullMarked;
