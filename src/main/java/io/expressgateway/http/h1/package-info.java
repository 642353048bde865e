/**
 * HTTP/1.1 on both sides, working on bytes: a strict parser, chunked coding, a serializer that
 * forwards untouched header lines as they came, and the two connections that use them.
 *
 * <p>Knows nothing of routes, filters or balancing. Start with {@link
 * io.expressgateway.http.h1.HeadParser}, then {@link
 * io.expressgateway.http.h1.Http1ServerConnection}.
 */
@NullMarked
package io.expressgateway.http.h1;

import org.jspecify.annotations.NullMarked;
