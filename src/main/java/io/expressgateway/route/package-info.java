/**
 * Which route a request takes: predicates compiled to a host index and a path trie, whose answer is
 * always that of trying the routes one by one in order.
 *
 * <p>JDK only; knows neither Netty nor Spring. Start with {@link
 * io.expressgateway.route.RouteTable}.
 */
@NullMarked
package io.expressgateway.route;

import org.jspecify.annotations.NullMarked;
