package io.expressgateway.http.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.snapshot.ClientCertificateHeaders;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** Sessions are resumed with tickets, over new certificates, but not over other demands. */
class SessionResumptionTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");
  private static final X509Bundle KNOWN = CERTIFICATES.client("CN=known");

  @Test
  void aResumedSessionStillKnowsItsClient() throws Exception {
    SSLContext known = CERTIFICATES.trusting(KNOWN);
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = SecureClient.gateway(endpoint, mutual(CERTIFICATES, SITE))) {
      long first = sessionOf(known, gateway);
      assertThat(sessionOf(known, gateway)).isEqualTo(first);
      assertThat(endpoint.requests())
          .hasSize(2)
          .allSatisfy(
              request -> assertThat(request.header("X-Client-Subject")).isEqualTo("CN=known"));
    }
  }

  @Test
  void aRenewedCertificateKeepsSessions() throws Exception {
    SSLContext known = CERTIFICATES.trusting(KNOWN);
    X509Bundle renewed = CERTIFICATES.server("site.example", "renewed.example");
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = SecureClient.gateway(endpoint, mutual(CERTIFICATES, SITE))) {
      long first = sessionOf(known, gateway);
      publish(gateway, mutual(CERTIFICATES, renewed));
      assertThat(sessionOf(known, gateway)).isEqualTo(first);
    }
  }

  @Test
  void anotherAuthorityForClientsEndsSessions() throws Exception {
    SSLContext known = CERTIFICATES.trusting(KNOWN);
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = SecureClient.gateway(endpoint, mutual(CERTIFICATES, SITE))) {
      sessionOf(known, gateway);
      publish(gateway, mutual(new TestCertificates(), SITE));
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> sessionOf(known, gateway))
          .isInstanceOf(java.io.IOException.class);
      assertThat(endpoint.requests()).hasSize(1);
    }
  }

  /** When the session that a connection uses was made, after a request on it. */
  private static long sessionOf(SSLContext context, Gateway gateway) throws Exception {
    try (SecureClient client = SecureClient.connect(context, gateway, "site.example")) {
      assertThat(client.get("site.example", "/s")).endsWith("/s");
      return client.socket.getSession().getCreationTime();
    }
  }

  private static void publish(Gateway gateway, TlsSpec tls) {
    Snapshot now = gateway.engine().snapshot();
    gateway
        .engine()
        .publish(
            new Snapshot(
                now.version() + 1,
                "other",
                now.loadedAt(),
                List.of(SecureClient.secure(now.listeners().getFirst(), tls)),
                now.clusters(),
                now.routes(),
                now.drain()));
  }

  private static TlsSpec mutual(TestCertificates trusted, X509Bundle site) {
    TlsSpec plain = TestCertificates.spec(site);
    return new TlsSpec(
        plain.certificates(),
        TlsSpec.ClientAuth.NEED,
        List.of(trusted.authority()),
        true,
        plain.handshakeTimeout(),
        4096,
        true,
        false,
        new ClientCertificateHeaders("X-Client-Subject", null, null));
  }
}
