/**
 * TLS contexts made of what a snapshot has read: certificates chosen by SNI, ALPN, client
 * authentication. Knows BoringSSL through Netty and nothing of listeners, files or Spring. Start
 * with {@link io.expressgateway.tls.ServerTls}.
 */
@NullMarked
package io.expressgateway.tls;

import org.jspecify.annotations.NullMarked;
