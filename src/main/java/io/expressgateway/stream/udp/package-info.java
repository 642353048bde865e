/**
 * The UDP relay: datagrams of a client go to one endpoint, its answers go back, for as long as
 * either says something.
 *
 * <p>Knows datagrams and clusters, not what they carry. Start with {@link
 * io.expressgateway.stream.udp.UdpListener}, then {@link io.expressgateway.stream.udp.UdpSession}.
 */
@NullMarked
package io.expressgateway.stream.udp;

import org.jspecify.annotations.NullMarked;
