package io.expressgateway.config.properties;

/**
 * A certificate of a listener.
 *
 * @param certificate PEM file: the certificate, then those that lead to the CA
 * @param privateKey PEM file of its key: PKCS#8, PKCS#1 or SEC 1, not encrypted
 */
public record CertificateProperties(String certificate, String privateKey) {}
