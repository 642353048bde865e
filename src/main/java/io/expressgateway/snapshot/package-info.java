/**
 * The immutable, validated picture that every data plane reads.
 *
 * <p>JDK only; says what is configured, never how it is carried out. Start with {@link
 * io.expressgateway.snapshot.Snapshot}.
 */
@NullMarked
package io.expressgateway.snapshot;

import org.jspecify.annotations.NullMarked;
