package io.expressgateway.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** TLS towards endpoints, with the JDK's TLS as the endpoint. */
class UpstreamTlsTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle ORDERS = CERTIFICATES.server("orders.internal");

  @Test
  void speaksToAnEndpointWhoseChainAndNameAreRight() throws Exception {
    HttpsServer endpoint = endpoint(false);
    try (Gateway gateway = gateway(trusting("orders.internal"), port(endpoint))) {
      for (int i = 0; i < 5; i++) {
        assertThat(get(gateway).body()).isEqualTo("hello, stranger");
      }
      assertThat(gateway.engine().ledger().completed()).isEqualTo(5);
    } finally {
      endpoint.stop(0);
    }
  }

  @Test
  void aNameThatIsNotInTheCertificateIsRefused() throws Exception {
    HttpsServer endpoint = endpoint(false);
    try (Gateway gateway = gateway(trusting("payments.internal"), port(endpoint))) {
      HttpResponse<String> got = get(gateway);
      assertThat(got.statusCode()).isEqualTo(502);
      assertThat(got.body()).contains("\"why\":\"upstream-tls\"");
    } finally {
      endpoint.stop(0);
    }
  }

  @Test
  void theAddressIsVerifiedWhenNoNameIsConfigured() throws Exception {
    HttpsServer endpoint = endpoint(false);
    try (Gateway gateway = gateway(trusting(null), port(endpoint))) {
      assertThat(get(gateway).body()).isEqualTo("hello, stranger");
    } finally {
      endpoint.stop(0);
    }
  }

  @Test
  void aChainThatNobodyTrustsIsRefused() throws Exception {
    HttpsServer endpoint = endpoint(false);
    ClusterSpec.Tls others =
        new ClusterSpec.Tls(true, List.of(new TestCertificates().authority()), null, null);
    try (Gateway gateway = gateway(others, port(endpoint));
        Gateway strict = gateway(ClusterSpec.Tls.DEFAULTS, port(endpoint))) {
      assertThat(get(gateway).body()).contains("upstream-tls");
      assertThat(get(strict).body()).contains("upstream-tls");
      assertThat(gateway.metrics.contained).isEmpty();
    } finally {
      endpoint.stop(0);
    }
  }

  @Test
  void aCertificateWhoseTimeIsOverIsRefused() throws Exception {
    HttpsServer endpoint = endpoint(false, CERTIFICATES.expired("orders.internal"), "http/1.1");
    try (Gateway gateway = gateway(trusting("orders.internal"), port(endpoint))) {
      assertThat(get(gateway).body()).contains("upstream-tls");
    } finally {
      endpoint.stop(0);
    }
  }

  @Test
  void offersHttp11ByAlpn() throws Exception {
    HttpsServer endpoint = endpoint(false, ORDERS, "http/1.1");
    // The JDK ends a handshake that offers protocols none of which is its own.
    HttpsServer other = endpoint(false, ORDERS, "something-else");
    try (Gateway gateway = gateway(trusting("orders.internal"), port(endpoint));
        Gateway refused = gateway(trusting("orders.internal"), port(other))) {
      assertThat(get(gateway).statusCode()).isEqualTo(200);
      assertThat(get(refused).body()).contains("upstream-tls");
    } finally {
      endpoint.stop(0);
      other.stop(0);
    }
  }

  @Test
  void verificationCanBeSwitchedOff() throws Exception {
    HttpsServer endpoint = endpoint(false);
    try (Gateway gateway =
        gateway(new ClusterSpec.Tls(false, List.of(), "whoever", null), port(endpoint))) {
      assertThat(get(gateway).statusCode()).isEqualTo(200);
    } finally {
      endpoint.stop(0);
    }
  }

  @Test
  void showsItsOwnCertificateToAnEndpointThatAsks() throws Exception {
    HttpsServer endpoint = endpoint(true);
    ClusterSpec.Tls own =
        new ClusterSpec.Tls(
            true,
            List.of(CERTIFICATES.authority()),
            "orders.internal",
            TestCertificates.material(CERTIFICATES.client("CN=gateway")));
    try (Gateway gateway = gateway(own, port(endpoint));
        Gateway without = gateway(trusting("orders.internal"), port(endpoint))) {
      assertThat(get(gateway).body()).isEqualTo("hello, CN=gateway");
      assertThat(get(without).statusCode()).isEqualTo(502);
    } finally {
      endpoint.stop(0);
    }
  }

  @Test
  void goesToAnotherEndpointWhenTheHandshakeFails() throws Exception {
    HttpsServer endpoint = endpoint(false);
    try (ServerSocket rude = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Gateway gateway =
            gateway(trusting("orders.internal"), rude.getLocalPort(), port(endpoint))) {
      Thread.ofVirtual().start(() -> closeAll(rude));
      for (int i = 0; i < 4; i++) {
        assertThat(get(gateway).statusCode()).isEqualTo(200);
      }
      assertThat(gateway.metrics.retries).contains("upstream-tls");
    } finally {
      endpoint.stop(0);
    }
  }

  @Test
  void aHandshakeThatNeverComesEndsWithTheConnectTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Gateway gateway =
            Gateway.builder()
                .endpoints(silent.getLocalPort())
                .connectTimeout(Duration.ofMillis(300))
                .cluster(spec -> secured(spec, trusting(null)))
                .start()) {
      assertThat(get(gateway).body()).contains("upstream-tls");
    }
  }

  @Test
  void aBodyThatEndsWithoutCloseNotifyIsNoWholeBody() throws Exception {
    String head = "HTTP/1.1 200 OK\r\n\r\npart";
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Gateway gateway = gateway(trusting("orders.internal"), server.getLocalPort())) {
      Thread.ofVirtual().start(() -> answerAndCut(server, head));
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
        client.setSoTimeout(15_000);
        client
            .getOutputStream()
            .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        Await.until(
            "the truncation is noticed",
            () -> gateway.metrics.failures.contains("upstream-truncated"));
        assertThat(endOf(client)).isEqualTo("reset");
      }
    }
  }

  @Test
  void healthChecksAreSecuredToo() throws Exception {
    HttpsServer endpoint = endpoint(false);
    ClusterSpec.HealthCheck check =
        new ClusterSpec.HealthCheck(
            "http", "/", Duration.ofMillis(100), Duration.ofSeconds(2), 1, 1, 200, 299, null);
    try (Gateway good =
            Gateway.builder()
                .endpoints(port(endpoint))
                .healthCheck(check)
                .cluster(spec -> secured(spec, trusting("orders.internal")))
                .start();
        Gateway bad =
            Gateway.builder()
                .endpoints(port(endpoint))
                .healthCheck(check)
                .cluster(spec -> secured(spec, trusting("payments.internal")))
                .start()) {
      Await.until("healthy", () -> health(good) == Endpoint.Health.HEALTHY);
      Await.until("unhealthy", () -> health(bad) == Endpoint.Health.UNHEALTHY);
    } finally {
      endpoint.stop(0);
    }
  }

  private static Endpoint.Health health(Gateway gateway) {
    return gateway.engine().clusters().getFirst().endpoints().getFirst().health();
  }

  private static ClusterSpec.Tls trusting(String name) {
    return new ClusterSpec.Tls(true, List.of(CERTIFICATES.authority()), name, null);
  }

  private static Gateway gateway(ClusterSpec.Tls tls, int... ports) {
    return Gateway.builder().endpoints(ports).cluster(spec -> secured(spec, tls)).start();
  }

  private static ClusterSpec secured(ClusterSpec spec, ClusterSpec.Tls tls) {
    return new ClusterSpec(
        spec.name(),
        spec.protocol(),
        spec.balancer(),
        spec.hashOn(),
        spec.affinityCookie(),
        spec.slowStart(),
        spec.connectTimeout(),
        spec.firstByteTimeout(),
        spec.retry(),
        spec.endpoints(),
        spec.healthCheck(),
        spec.outlier(),
        spec.pool(),
        tls,
        spec.implicit());
  }

  private static int port(HttpsServer server) {
    return server.getAddress().getPort();
  }

  /** Greets the subject of the client's certificate. */
  private static HttpsServer endpoint(boolean asks) throws IOException {
    return endpoint(asks, ORDERS);
  }

  private static HttpsServer endpoint(boolean asks, X509Bundle own, String... protocols)
      throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    SSLContext context = CERTIFICATES.trusting(own);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = context.getDefaultSSLParameters();
            wanted.setNeedClientAuth(asks);
            wanted.setApplicationProtocols(protocols);
            parameters.setSSLParameters(wanted);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          String who = "stranger";
          if (asks) {
            who = ((HttpsExchange) exchange).getSSLSession().getPeerPrincipal().getName();
          }
          byte[] body = ("hello, " + who).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static void closeAll(ServerSocket server) {
    try {
      while (true) {
        server.accept().close();
      }
    } catch (IOException over) {
      // The test is over.
    }
  }

  /** Answers over TLS, then closes the TCP connection under it without a close_notify. */
  private static void answerAndCut(ServerSocket server, String answer) {
    try {
      Socket plain = server.accept();
      SSLSocket secured =
          (SSLSocket)
              CERTIFICATES
                  .trusting(ORDERS)
                  .getSocketFactory()
                  .createSocket(plain, null, plain.getPort(), false);
      secured.setUseClientMode(false);
      secured.startHandshake();
      byte[] request = new byte[4096];
      if (secured.getInputStream().read(request) > 0) {
        secured.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        secured.getOutputStream().flush();
      }
      plain.shutdownOutput();
      plain.close();
    } catch (IOException over) {
      // The test is over.
    }
  }

  private static String endOf(Socket client) {
    try {
      client.getInputStream().readAllBytes();
      return "end";
    } catch (IOException reset) {
      return "reset";
    }
  }

  private static HttpResponse<String> get(Gateway gateway) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/x")).build(),
          BodyHandlers.ofString());
    }
  }
}
