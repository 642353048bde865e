/**
 * Event loops and the sockets that listen on them: what HTTP and the relays share.
 *
 * <p>Knows no protocol. Reactor Netty hosts the listeners; its own operations never run on them.
 * Start with {@link io.expressgateway.loop.EventLoops}, then {@link
 * io.expressgateway.loop.ListeningSockets}.
 */
@NullMarked
package io.expressgateway.loop;

import org.jspecify.annotations.NullMarked;
