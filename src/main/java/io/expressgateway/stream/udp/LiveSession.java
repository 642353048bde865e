package io.expressgateway.stream.udp;

import java.net.InetSocketAddress;

/**
 * A session that lives.
 *
 * @param client who writes
 * @param local where the client writes to; the wildcard when the machine has got this address since
 *     the listener was bound
 * @param endpoint who answers, as {@code host:port}; empty when the last one was lost
 */
public record LiveSession(InetSocketAddress client, InetSocketAddress local, String endpoint) {}
