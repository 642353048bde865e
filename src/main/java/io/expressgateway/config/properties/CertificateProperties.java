package io.expressgateway.config.properties;

import org.jspecify.annotations.Nullable;

/**
 * A certificate of a listener.
 *
 * @param certificate PEM file: the certificate, then those that lead to the CA
 * @param privateKey PEM file of its key: PKCS#8, PKCS#1 or SEC 1, not encrypted
 * @param ocspResponse DER file with the OCSP response that is shown beside it, kept fresh by
 *     somebody else
 */
public record CertificateProperties(
    String certificate, String privateKey, @Nullable String ocspResponse) {}
