/**
 * The kernel's side of XDP as Java sees it: objects, maps, programs, links, ring buffers and the
 * routing socket, over the native library in {@code native/}.
 *
 * <p>Mechanism only: nothing here knows what a VIP or an endpoint is. Start with {@link
 * io.expressgateway.xdp.kernel.NativeLibrary} and {@link io.expressgateway.xdp.kernel.BpfObject}.
 */
@NullMarked
package io.expressgateway.xdp.kernel;

import org.jspecify.annotations.NullMarked;
