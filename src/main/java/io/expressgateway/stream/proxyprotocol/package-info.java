/**
 * The PROXY protocol, versions 1 and 2: who the client was before a proxy stood between.
 *
 * <p>Source: "The PROXY protocol", W. Tarreau, revision of 2020-03-05, here called the
 * specification. Knows bytes, buffers and one connection; what is trusted and what follows is for
 * the listener to say. Start with {@link io.expressgateway.stream.proxyprotocol.ProxyHeaderParser}.
 */
@NullMarked
package io.expressgateway.stream.proxyprotocol;

import org.jspecify.annotations.NullMarked;
