/**
 * HTTP messages without a protocol: request head, response head and one block of header fields kept
 * as bytes, shared by HTTP/1.1, HTTP/2 and HTTP/3, by filters and by route predicates.
 *
 * <p>JDK only; bodies, sockets and codecs are elsewhere. Start with {@link
 * io.expressgateway.message.HeaderBlock}.
 */
@NullMarked
package io.expressgateway.message;

import org.jspecify.annotations.NullMarked;
