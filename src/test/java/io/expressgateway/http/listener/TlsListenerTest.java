package io.expressgateway.http.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An https listener, on the wire, with the JDK's TLS as the client. */
class TlsListenerTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");
  private static final X509Bundle SHOP =
      CERTIFICATES.server("shop.example", "*.shop.example", "*.com.example");

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void servesOverTls(String version) throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Gateway gateway = gateway(endpoint, TestCertificates.spec(SITE));
        SSLSocket client = connect(gateway, "site.example", version)) {
      for (int i = 0; i < 3; i++) {
        assertThat(exchange(client, "GET /a HTTP/1.1\r\nHost: site.example\r\n\r\n"))
            .startsWith("HTTP/1.1 200 OK")
            .endsWith("ok");
      }
      assertThat(client.getSession().getProtocol()).isEqualTo(version);
      assertThat(endpoint.requests().getFirst().head())
          .contains("X-Forwarded-Proto: https")
          .contains("X-Forwarded-Port: 443");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "site.example, site.example",
    "SHOP.example, shop.example",
    "a.shop.example, shop.example",
    "a.b.shop.example, site.example",
    "com.example, site.example",
    "elsewhere.example, site.example",
    ", site.example"
  })
  void choosesTheCertificateByTheNameAskedFor(String asked, String subject) throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = gateway(endpoint, TestCertificates.spec(SITE, SHOP));
        SSLSocket client = connect(gateway, asked, "TLSv1.3")) {
      X509Certificate shown = (X509Certificate) client.getSession().getPeerCertificates()[0];
      assertThat(shown.getSubjectX500Principal().getName()).isEqualTo("CN=" + subject);
    }
  }

  @Test
  void agreesOnHttp2ByAlpn() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = gateway(endpoint, TestCertificates.spec(SITE, SHOP));
        HttpClient client =
            HttpClient.newBuilder().sslContext(CERTIFICATES.trusting(null)).build()) {
      for (int i = 0; i < 20; i++) {
        HttpResponse<String> got =
            client.send(
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + gateway.port() + "/r" + i))
                    .build(),
                BodyHandlers.ofString());
        assertThat(got.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(got.body()).isEqualTo("/r" + i);
      }
      assertThat(gateway.metrics.contained).isEmpty();
      assertThat(endpoint.requests().getFirst().head()).contains("X-Forwarded-Proto: https");
    }
  }

  @Test
  void theHeadersOfOneHttp2ResponseAreNotChangedByTheNext() throws Exception {
    RawEndpoint.Script script =
        request -> {
          String name = request.target().substring(1);
          request.send(
              "HTTP/1.1 200 OK\r\nX-Name: "
                  + name
                  + "\r\nX-Same: kept\r\nContent-Length: 0\r\n\r\n");
        };
    try (RawEndpoint endpoint = RawEndpoint.scripted(script);
        Gateway gateway = gateway(endpoint, TestCertificates.spec(SITE));
        HttpClient client =
            HttpClient.newBuilder().sslContext(CERTIFICATES.trusting(null)).build()) {
      for (String name : List.of("aaaa", "bbbb", "aaaa", "cccccc", "bbbb", "aaaa")) {
        HttpResponse<String> got =
            client.send(
                HttpRequest.newBuilder(
                        URI.create("https://127.0.0.1:" + gateway.port() + "/" + name))
                    .build(),
                BodyHandlers.ofString());
        assertThat(got.headers().allValues("x-name")).containsExactly(name);
        assertThat(got.headers().allValues("x-same")).containsExactly("kept");
      }
    }
  }

  @Test
  void misdirectsAnAuthorityThatLeadsToAnotherCertificate() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = gateway(endpoint, TestCertificates.spec(SITE, SHOP));
        SSLSocket client = connect(gateway, "site.example", "TLSv1.3")) {
      assertThat(exchange(client, "GET / HTTP/1.1\r\nHost: site.example:8443\r\n\r\n"))
          .startsWith("HTTP/1.1 200");
      assertThat(exchange(client, "GET / HTTP/1.1\r\nHost: a.shop.example\r\n\r\n"))
          .startsWith("HTTP/1.1 421")
          .contains("misdirected");
      assertThat(endpoint.requests()).hasSize(1);
    }
  }

  @Test
  void speaksNothingOlderThanItsMinimum() throws Exception {
    TlsSpec spec = TestCertificates.spec(SITE);
    TlsSpec only13 =
        new TlsSpec(
            spec.certificates(), spec.clientAuth(), List.of(), false, spec.handshakeTimeout());
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = gateway(endpoint, only13)) {
      assertThatThrownBy(() -> connect(gateway, "site.example", "TLSv1.2"))
          .isInstanceOf(SSLException.class);
      Await.until(
          "the handshake is counted",
          () -> gateway.metrics.security.contains("tls-handshake:close"));
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @Test
  void asksForAClientCertificateAndVerifiesIt() throws Exception {
    TlsSpec spec = TestCertificates.spec(SITE);
    TlsSpec mutual =
        new TlsSpec(
            spec.certificates(),
            TlsSpec.ClientAuth.NEED,
            List.of(CERTIFICATES.authority()),
            true,
            spec.handshakeTimeout());
    X509Bundle stranger = new TestCertificates().client("CN=stranger");
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = gateway(endpoint, mutual)) {
      String request = "GET /m HTTP/1.1\r\nHost: site.example\r\n\r\n";
      SSLContext known = CERTIFICATES.trusting(CERTIFICATES.client("CN=known"));
      try (SSLSocket client = connect(known, gateway, "site.example", "TLSv1.3")) {
        assertThat(exchange(client, request)).startsWith("HTTP/1.1 200");
      }
      for (SSLContext refused :
          List.of(CERTIFICATES.trusting(null), CERTIFICATES.trusting(stranger))) {
        assertThatThrownBy(
                () -> {
                  try (SSLSocket client = connect(refused, gateway, "site.example", "TLSv1.3")) {
                    exchange(client, request);
                  }
                })
            .isInstanceOf(IOException.class);
      }
      assertThat(endpoint.requests()).hasSize(1);
    }
  }

  @Test
  void closesAHandshakeThatDoesNotComeInTime() throws Exception {
    TlsSpec spec = TestCertificates.spec(SITE);
    TlsSpec hasty =
        new TlsSpec(
            spec.certificates(), spec.clientAuth(), List.of(), true, Duration.ofMillis(200));
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = gateway(endpoint, hasty);
        Socket silent = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
        Socket partial = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      // The first bytes of a ClientHello record that says it is 512 bytes long.
      partial.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3});
      silent.setSoTimeout(10_000);
      partial.setSoTimeout(10_000);
      assertThat(silent.getInputStream().readAllBytes().length).isLessThan(100);
      assertThat(partial.getInputStream().readAllBytes().length).isLessThan(100);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @Test
  void answersClearTextWithNoRequest() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = gateway(endpoint, TestCertificates.spec(SITE));
        Socket client = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      client.setSoTimeout(10_000);
      client
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = client.getInputStream().readAllBytes();
      assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP/1.1");
      assertThat(endpoint.requests()).isEmpty();
      Await.until("counted", () -> !gateway.metrics.security.isEmpty());
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @Test
  void aCompleteResponseEndsWithCloseNotifyAndATruncatedOneDoesNot() throws Exception {
    RawEndpoint.Script script =
        request -> {
          if (request.target().equals("/whole")) {
            request.send("HTTP/1.0 200 OK\r\n\r\nwhole");
          } else {
            request.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
          }
          request.socket().close();
        };
    try (RawEndpoint endpoint = RawEndpoint.scripted(script);
        Gateway gateway = gateway(endpoint, TestCertificates.spec(SITE))) {
      try (SSLSocket client = connect(gateway, "site.example", "TLSv1.3")) {
        send(client, "GET /whole HTTP/1.0\r\nHost: site.example\r\n\r\n");
        // The JDK reports an end without close_notify as an error.
        assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
            .endsWith("whole");
      }
      try (SSLSocket client = connect(gateway, "site.example", "TLSv1.3")) {
        send(client, "GET /half HTTP/1.0\r\nHost: site.example\r\n\r\n");
        assertThatThrownBy(() -> client.getInputStream().readAllBytes())
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void bodiesPassWholeBothWays() throws Exception {
    byte[] body = new byte[3_000_000];
    new java.util.Random(7).nextBytes(body);
    RawEndpoint.Script echo =
        request -> {
          byte[] got = request.body();
          request.send("HTTP/1.1 200 OK\r\nContent-Length: " + got.length + "\r\n\r\n");
          request.send(got);
        };
    try (RawEndpoint endpoint = RawEndpoint.scripted(echo);
        Gateway gateway = gateway(endpoint, TestCertificates.spec(SITE));
        SSLSocket client = connect(gateway, "site.example", "TLSv1.3")) {
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  send(
                      client,
                      "POST / HTTP/1.1\r\nHost: site.example\r\nContent-Length: "
                          + body.length
                          + "\r\n\r\n");
                  client.getOutputStream().write(body);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(readResponse(client.getInputStream())).isEqualTo(body);
      writer.join();
    }
  }

  @Test
  void newCertificatesServeNewConnectionsAndLiveOnesStay() throws Exception {
    X509Bundle renewed = CERTIFICATES.server("site.example", "renewed.example");
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = gateway(endpoint, TestCertificates.spec(SITE));
        SSLSocket before = connect(gateway, "site.example", "TLSv1.3")) {
      String request = "GET / HTTP/1.1\r\nHost: site.example\r\n\r\n";
      assertThat(exchange(before, request)).startsWith("HTTP/1.1 200");
      gateway.engine().publish(with(gateway.engine().snapshot(), TestCertificates.spec(renewed)));
      try (SSLSocket after = connect(gateway, "site.example", "TLSv1.3")) {
        assertThat(after.getSession().getPeerCertificates()[0]).isEqualTo(renewed.getCertificate());
        assertThat(exchange(after, request)).startsWith("HTTP/1.1 200");
      }
      assertThat(exchange(before, request)).startsWith("HTTP/1.1 200");
    }
  }

  private static Snapshot with(Snapshot snapshot, TlsSpec tls) {
    return new Snapshot(
        snapshot.version() + 1,
        "other",
        snapshot.loadedAt(),
        List.of(secure(snapshot.listeners().getFirst(), tls)),
        snapshot.clusters(),
        snapshot.routes(),
        snapshot.drain());
  }

  private static Gateway gateway(RawEndpoint endpoint, TlsSpec tls) {
    return Gateway.builder().endpoints(endpoint.port()).listener(spec -> secure(spec, tls)).start();
  }

  private static ListenerSpec secure(ListenerSpec spec, TlsSpec tls) {
    return new ListenerSpec(
        spec.name(),
        spec.bind(),
        ListenerSpec.Protocol.HTTPS,
        spec.maxConnections(),
        spec.maxConnectionsPerIp(),
        spec.trustedProxies(),
        spec.trustedProxyPattern(),
        spec.forwarding(),
        spec.accessLog(),
        spec.http(),
        tls);
  }

  private static SSLSocket connect(Gateway gateway, String name, String version)
      throws IOException {
    return connect(CERTIFICATES.trusting(null), gateway, name, version);
  }

  private static SSLSocket connect(SSLContext context, Gateway gateway, String name, String version)
      throws IOException {
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), gateway.port());
    socket.setSoTimeout(15_000);
    SSLParameters parameters = socket.getSSLParameters();
    if (name != null) {
      parameters.setServerNames(List.of(new SNIHostName(name)));
    }
    parameters.setProtocols(new String[] {version});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static void send(SSLSocket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    client.getOutputStream().flush();
  }

  private static String exchange(SSLSocket client, String request) throws IOException {
    send(client, request);
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    byte[] body = readResponse(client.getInputStream(), head);
    return head.toString(StandardCharsets.ISO_8859_1)
        + new String(body, StandardCharsets.ISO_8859_1);
  }

  private static byte[] readResponse(InputStream in) throws IOException {
    return readResponse(in, new ByteArrayOutputStream());
  }

  private static byte[] readResponse(InputStream in, ByteArrayOutputStream head)
      throws IOException {
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("end within the head: " + head);
      }
      head.write(next);
    }
    String lower = head.toString(StandardCharsets.ISO_8859_1).toLowerCase(java.util.Locale.ROOT);
    int at = lower.indexOf("content-length: ");
    int length = Integer.parseInt(lower.substring(at + 16, lower.indexOf('\r', at)));
    return in.readNBytes(length);
  }
}
