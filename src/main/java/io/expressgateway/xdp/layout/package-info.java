/**
 * The records that {@code bpf/layout.h} declares, as Java reads and writes them. Each names its
 * fields once, in {@link io.expressgateway.xdp.layout.RecordLayout}s that a test compares with the
 * types in the object file (BTF).
 *
 * <p>Values only: nothing here speaks with the kernel. Start with {@link
 * io.expressgateway.xdp.layout.EndpointRecord}.
 */
@NullMarked
package io.expressgateway.xdp.layout;

import org.jspecify.annotations.NullMarked;
