package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.OneOf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a listener.
 *
 * @param certificates by SNI; the first is the default
 * @param sslBundle a Spring SSL bundle by name, instead of certificates
 * @param clientAuth whether clients show a certificate
 * @param clientCa PEM file of who may have signed it
 * @param minVersion the oldest version spoken
 */
public record ListenerTlsProperties(
    List<CertificateProperties> certificates,
    @Nullable String sslBundle,
    @DefaultValue("none") @OneOf({"none", "want", "need"}) String clientAuth,
    @Nullable String clientCa,
    @DefaultValue("TLSv1.2") @OneOf({"TLSv1.2", "TLSv1.3"}) String minVersion) {}
