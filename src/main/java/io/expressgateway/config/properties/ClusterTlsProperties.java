package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards endpoints.
 *
 * @param enabled whether endpoints are spoken to over TLS
 * @param verify whether certificates are verified
 * @param ca certificates that are trusted
 * @param serverName the name asked for and verified
 * @param certificate our own certificate
 * @param privateKey the key of our own certificate
 * @param sslBundle a Spring SSL bundle by name, for what is trusted and for our own certificate
 */
public record ClusterTlsProperties(
    @DefaultValue("false") boolean enabled,
    @DefaultValue("true") boolean verify,
    @Nullable String ca,
    @Nullable String serverName,
    @Nullable String certificate,
    @Nullable String privateKey,
    @Nullable String sslBundle) {}
