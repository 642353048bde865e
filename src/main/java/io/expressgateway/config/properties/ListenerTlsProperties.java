package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.OneOf;
import io.expressgateway.config.bind.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a listener.
 *
 * @param certificates by SNI; the first is the default
 * @param sslBundle a Spring SSL bundle by name, instead of certificates
 * @param clientAuth whether clients show a certificate
 * @param clientCa PEM file of who may have signed it
 * @param clientSubjectHeader request header in which endpoints get the subject of the client's
 *     certificate
 * @param clientFingerprintHeader request header in which they get its SHA-256 fingerprint
 * @param clientCertHeader request header in which they get the certificate, as RFC 9440 writes it
 * @param minVersion the oldest version spoken
 * @param strictAuthority whether requests may name only what the client's handshake asked for
 * @param maxHandshakes handshakes that run at a time on one event loop
 */
public record ListenerTlsProperties(
    List<CertificateProperties> certificates,
    @Nullable String sslBundle,
    @DefaultValue("none") @OneOf({"none", "want", "need"}) String clientAuth,
    @Nullable String clientCa,
    @Nullable String clientSubjectHeader,
    @Nullable String clientFingerprintHeader,
    @Nullable String clientCertHeader,
    @DefaultValue("TLSv1.2") @OneOf({"TLSv1.2", "TLSv1.3"}) String minVersion,
    @DefaultValue("false") boolean strictAuthority,
    @DefaultValue("4096") @Range(min = 1, max = 1_000_000) int maxHandshakes) {}
