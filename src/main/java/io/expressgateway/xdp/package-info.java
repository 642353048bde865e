/**
 * Packet forwarding in the kernel: loads and attaches the programs of {@code bpf/}, keeps their
 * maps equal to the snapshot and the live clusters, collects flows, and says what it does and why
 * not.
 *
 * <p>Never on the way of a request; knows neither Netty nor Spring. Whatever fails here, the relays
 * serve on. Everything runs on one thread, {@code xdp}. Start with {@link
 * io.expressgateway.xdp.XdpPlane}.
 */
@NullMarked
package io.expressgateway.xdp;

import org.jspecify.annotations.NullMarked;
