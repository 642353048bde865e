/**
 * Filters: what a route does to a request and its response on the way, one built-in per file.
 *
 * <p>Sees header and buffer types only; no channels, no Spring, no I/O. Start with {@link
 * io.expressgateway.filter.HttpFilter}, then {@link io.expressgateway.filter.FilterRegistry}.
 */
@NullMarked
package io.expressgateway.filter;

import org.jspecify.annotations.NullMarked;
