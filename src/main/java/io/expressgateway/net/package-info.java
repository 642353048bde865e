/**
 * Small values that every other package names: addresses, networks, clocks.
 *
 * <p>JDK only; knows nothing of HTTP, Netty or Spring. Start with {@link
 * io.expressgateway.net.HostPort}.
 */
@NullMarked
package io.expressgateway.net;

import org.jspecify.annotations.NullMarked;
