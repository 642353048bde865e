/**
 * The process: command line, Spring wiring, start, refresh, drain and stop.
 *
 * <p>Sees every other package; nothing sees it. Start with {@link
 * io.expressgateway.app.ExpressGateway}, then {@link io.expressgateway.app.GatewayProcess}.
 */
@NullMarked
package io.expressgateway.app;

import org.jspecify.annotations.NullMarked;
