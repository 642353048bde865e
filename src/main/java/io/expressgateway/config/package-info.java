/**
 * Configuration: property records, validation, and Spring Cloud Gateway's route definitions, all
 * compiled to one {@link io.expressgateway.snapshot.Snapshot} or refused as a whole.
 *
 * <p>{@code bind} reads keys strictly, {@code properties} holds one record per feature, {@code
 * compile} turns records and routes into the core's facts, {@code spring} decides what each key of
 * Spring's own means here, {@code launch} handles arguments and files. Must not know how anything
 * is carried out: no Netty, no data plane. Start with {@link
 * io.expressgateway.config.SnapshotCompiler}.
 */
@NullMarked
package io.expressgateway.config;

import org.jspecify.annotations.NullMarked;
