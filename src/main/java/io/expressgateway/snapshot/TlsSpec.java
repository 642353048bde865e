package io.expressgateway.snapshot;

import io.expressgateway.net.KeyMaterial;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * TLS of a listener, with everything that was read from files.
 *
 * @param certificates by SNI; the first is the default
 * @param clientAuth whether clients show a certificate
 * @param clientCas who may have signed it; empty only for {@link ClientAuth#NONE}
 * @param tls12 whether TLS 1.2 is spoken beside TLS 1.3
 * @param handshakeTimeout first byte to the end of the handshake
 * @param maxHandshakes that run at a time on one event loop
 * @param http2 whether ALPN offers HTTP/2 beside HTTP/1.1
 * @param strictAuthority whether requests may name only what the handshake asked for
 * @param clientHeaders how endpoints learn of the client's certificate
 * @param alpn whether ALPN is offered at all; a relay does not know what its bytes mean
 */
public record TlsSpec(
    List<KeyMaterial> certificates,
    ClientAuth clientAuth,
    List<X509Certificate> clientCas,
    boolean tls12,
    Duration handshakeTimeout,
    int maxHandshakes,
    boolean http2,
    boolean strictAuthority,
    ClientCertificateHeaders clientHeaders,
    boolean alpn) {

  /** With ALPN. */
  public TlsSpec(
      List<KeyMaterial> certificates,
      ClientAuth clientAuth,
      List<X509Certificate> clientCas,
      boolean tls12,
      Duration handshakeTimeout,
      int maxHandshakes,
      boolean http2,
      boolean strictAuthority,
      ClientCertificateHeaders clientHeaders) {
    this(
        certificates,
        clientAuth,
        clientCas,
        tls12,
        handshakeTimeout,
        maxHandshakes,
        http2,
        strictAuthority,
        clientHeaders,
        true);
  }

  /** Both protocols, the default number of handshakes, and endpoints are told nothing. */
  public TlsSpec(
      List<KeyMaterial> certificates,
      ClientAuth clientAuth,
      List<X509Certificate> clientCas,
      boolean tls12,
      Duration handshakeTimeout) {
    this(
        certificates,
        clientAuth,
        clientCas,
        tls12,
        handshakeTimeout,
        4096,
        true,
        false,
        ClientCertificateHeaders.NONE);
  }

  /** Copies the lists. */
  public TlsSpec {
    certificates = List.copyOf(certificates);
    clientCas = List.copyOf(clientCas);
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("TLS needs a certificate");
    }
  }

  /** Whether clients show a certificate. */
  public enum ClientAuth {
    /** Not asked. */
    NONE,
    /** Asked; one that is shown must verify. */
    WANT,
    /** Required. */
    NEED
  }
}
