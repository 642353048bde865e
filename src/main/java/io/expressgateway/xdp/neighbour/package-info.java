/**
 * The way to an endpoint: which interface, which Ethernet address, how big a packet. Asks the
 * kernel's routing tables and follows their changes, so that the packet path need not ask for every
 * packet.
 *
 * <p>Start with {@link io.expressgateway.xdp.neighbour.NextHops}.
 */
@NullMarked
package io.expressgateway.xdp.neighbour;

import org.jspecify.annotations.NullMarked;
