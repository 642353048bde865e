/**
 * HTTP/2 (RFC 9113): heads to and from the codec's fields, and the streams of a connection, kept by
 * number without a channel of their own.
 *
 * <p>Netty's codec does framing, HPACK and flow control; its limits are set here one by one. A
 * connection and all of its streams are confined to one event loop.
 */
@NullMarked
package io.expressgateway.http.h2;

import org.jspecify.annotations.NullMarked;
