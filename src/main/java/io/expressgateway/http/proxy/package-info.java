/**
 * The exchange: one downstream stream joined to one upstream stream, whatever their protocols, with
 * filters, retries and timers between them.
 *
 * <p>Declares the contract that every protocol implements once per side ({@link
 * io.expressgateway.http.proxy.Downstream}, {@link io.expressgateway.http.proxy.Upstream}); knows
 * no protocol. Start with {@link io.expressgateway.http.proxy.Exchange}.
 */
@NullMarked
package io.expressgateway.http.proxy;

import org.jspecify.annotations.NullMarked;
