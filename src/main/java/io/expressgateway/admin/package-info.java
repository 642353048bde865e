/**
 * The management port: probes, the REST API under {@code /api/v1}, and Spring Cloud Gateway's
 * Actuator endpoint.
 *
 * <p>Reads the data plane through {@link io.expressgateway.admin.GatewayState}; knows nothing of
 * how configuration is bound or how the process starts. Start with {@link
 * io.expressgateway.admin.AdminConfiguration}.
 */
@NullMarked
package io.expressgateway.admin;

import org.jspecify.annotations.NullMarked;
