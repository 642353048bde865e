package io.expressgateway.http.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.net.KeyMaterial;
import io.expressgateway.snapshot.ClientCertificateHeaders;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints learn who the client's certificate says it is, and from nobody else than us. */
class ClientCertificateHeadersTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");
  private static final X509Bundle KNOWN = CERTIFICATES.client("CN=known,O=Acme \\, Inc");
  private static final String FINGERPRINT =
      KeyMaterial.fingerprint(List.of(KNOWN.getCertificate()));
  private static final ClientCertificateHeaders HEADERS =
      new ClientCertificateHeaders("X-Client-Subject", "X-Client-Fingerprint", "Client-Cert");
  private static final String[] FORGED = {
    "X-Client-Subject: CN=forged",
    "x-client-subject: CN=forged",
    "X-Client-Fingerprint: forged",
    "Client-Cert: :forged:",
    "Connection: keep-alive, X-Client-Subject"
  };

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void tellsSubjectFingerprintAndCertificateAndStripsForgedOnes(String version) throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = SecureClient.gateway(endpoint, spec(TlsSpec.ClientAuth.NEED));
        SecureClient client = new SecureClient(known(), gateway.port(), "site.example", version)) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.get("site.example", "/" + i, FORGED)).startsWith("HTTP/1.1 200");
      }
      for (RawEndpoint.Request request : endpoint.requests()) {
        assertThat(lines(request, "x-client-subject"))
            .containsExactly("X-Client-Subject: CN=known,O=Acme \\, Inc");
        assertThat(lines(request, "x-client-fingerprint"))
            .containsExactly("X-Client-Fingerprint: " + FINGERPRINT);
        assertThat(lines(request, "client-cert"))
            .containsExactly(
                "Client-Cert: :"
                    + Base64.getEncoder().encodeToString(KNOWN.getCertificate().getEncoded())
                    + ":");
      }
      assertThat(gateway.metrics.security).contains("forged-identity:strip");
    }
  }

  @Test
  void tellsThemOverHttp2Too() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = SecureClient.gateway(endpoint, spec(TlsSpec.ClientAuth.NEED));
        HttpClient client = HttpClient.newBuilder().sslContext(known()).build()) {
      for (int i = 0; i < 3; i++) {
        var got =
            client.send(
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + gateway.port() + "/"))
                    .header("X-Client-Subject", "CN=forged")
                    .build(),
                BodyHandlers.ofString());
        assertThat(got.version()).isEqualTo(HttpClient.Version.HTTP_2);
      }
      for (RawEndpoint.Request request : endpoint.requests()) {
        assertThat(lines(request, "x-client-subject"))
            .containsExactly("X-Client-Subject: CN=known,O=Acme \\, Inc");
        assertThat(lines(request, "x-client-fingerprint")).hasSize(1);
      }
    }
  }

  @Test
  void aClientWithoutCertificateSaysNothingWhereOneIsWantedOnly() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = SecureClient.gateway(endpoint, spec(TlsSpec.ClientAuth.WANT))) {
      try (SecureClient client =
          SecureClient.connect(CERTIFICATES.trusting(null), gateway, "site.example")) {
        assertThat(client.get("site.example", "/", FORGED)).startsWith("HTTP/1.1 200");
      }
      assertThat(endpoint.request().head().toLowerCase(java.util.Locale.ROOT))
          .doesNotContain("x-client-subject", "x-client-fingerprint", "client-cert", "forged");
      try (SecureClient client = SecureClient.connect(known(), gateway, "site.example")) {
        client.get("site.example", "/");
      }
      assertThat(lines(endpoint.requests().get(1), "x-client-subject")).hasSize(1);
    }
  }

  @Test
  void aCertificateThatNobodyTrustsIsNoCertificateEvenWhereOneIsWantedOnly() throws Exception {
    SSLContext stranger = CERTIFICATES.trusting(new TestCertificates().client("CN=stranger"));
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = SecureClient.gateway(endpoint, spec(TlsSpec.ClientAuth.WANT))) {
      assertThatThrownBy(
              () -> {
                try (SecureClient client =
                    SecureClient.connect(stranger, gateway, "site.example")) {
                  client.get("site.example", "/");
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(endpoint.requests()).isEmpty();
    }
  }

  @Test
  void aListenerInClearTextStripsWhatAnotherTells() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = Gateway.builder().endpoints(endpoint.port()).start()) {
      Snapshot now = gateway.engine().snapshot();
      ListenerSpec plain = now.listeners().getFirst();
      // The second one is not bound in this test; it is enough that the snapshot has it.
      ListenerSpec mutual =
          SecureClient.secure(plain, "mutual", 10, 10, spec(TlsSpec.ClientAuth.NEED));
      gateway
          .engine()
          .publish(
              new Snapshot(
                  now.version() + 1,
                  "other",
                  now.loadedAt(),
                  List.of(plain, mutual),
                  now.clusters(),
                  now.routes(),
                  now.drain()));
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
        client.setSoTimeout(15_000);
        client
            .getOutputStream()
            .write(
                ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                        + "X-CLIENT-SUBJECT: CN=forged\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        client.getInputStream().readAllBytes();
      }
      assertThat(endpoint.request().head()).doesNotContain("forged");
    }
  }

  @Test
  void namesWithUnderscoresAndTrailersAreStrippedToo() throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> request.ok("" + request.body().length));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .limits(ClientCertificateHeadersTest::allowingUnderscores)
                .listener(listener -> SecureClient.secure(listener, spec(TlsSpec.ClientAuth.WANT)))
                .start();
        SecureClient client =
            SecureClient.connect(CERTIFICATES.trusting(null), gateway, "site.example")) {
      client.exchange(
          "POST / HTTP/1.1\r\nHost: site.example\r\nX_Client_Subject: CN=forged\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
              + "X-Client-Subject: CN=forged\r\nX-Other: kept\r\n\r\n");
      assertThat(endpoint.request().head()).doesNotContain("forged");
      assertThat(endpoint.request().trailers()).doesNotContain("forged").contains("X-Other");
    }
  }

  private static ListenerSpec.HttpLimits allowingUnderscores(ListenerSpec.HttpLimits d) {
    return new ListenerSpec.HttpLimits(
        d.headerTimeout(),
        d.bodyIdleTimeout(),
        d.minBodyRate(),
        d.writeStallTimeout(),
        d.responseTimeout(),
        d.keepAliveTimeout(),
        d.maxKeepAliveRequests(),
        d.maxHeaderBytes(),
        d.maxHeaderFields(),
        d.maxBodyBytes(),
        d.maxPipelined(),
        ListenerSpec.UnderscoreHeaders.ALLOW);
  }

  private static SSLContext known() {
    return CERTIFICATES.trusting(KNOWN);
  }

  private static TlsSpec spec(TlsSpec.ClientAuth auth) {
    TlsSpec plain = TestCertificates.spec(SITE);
    return new TlsSpec(
        plain.certificates(),
        auth,
        List.of(CERTIFICATES.authority()),
        true,
        plain.handshakeTimeout(),
        4096,
        true,
        false,
        HEADERS);
  }

  private static List<String> lines(RawEndpoint.Request request, String name) {
    return request
        .head()
        .lines()
        .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(name + ":"))
        .toList();
  }
}
