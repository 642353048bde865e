package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the management port.
 *
 * @param tokenSha256 SHA-256 of the bearer token, 64 hexadecimal digits; without it no token is
 *     asked for
 * @param allowNonLoopback whether the management port may listen beyond this machine without a
 *     token
 */
public record AdminProperties(
    @Nullable String tokenSha256, @DefaultValue("false") boolean allowNonLoopback) {}
