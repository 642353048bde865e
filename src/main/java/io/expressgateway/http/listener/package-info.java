/**
 * Accepting connections: event loops, sockets and connection caps.
 *
 * <p>Reactor Netty hosts the listeners; its own operations never run on them. Start with {@link
 * io.expressgateway.http.listener.Listener}.
 */
@NullMarked
package io.expressgateway.http.listener;

import org.jspecify.annotations.NullMarked;
