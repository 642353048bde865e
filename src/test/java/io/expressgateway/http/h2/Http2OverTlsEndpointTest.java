package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.tls.TestCertificates;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** HTTP/2 over TLS towards endpoints, on the wire, with the JDK's TLS as the endpoint. */
class Http2OverTlsEndpointTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle ORDERS = CERTIFICATES.server("orders.internal");

  @Test
  void agreesOnHttp2ByAlpnAndSaysHttps() throws Exception {
    try (Http2Endpoint endpoint = Http2Endpoint.secured(context("h2"), call -> call.ok("hello"));
        Gateway gateway = gateway(trusting("orders.internal"), endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.request("GET", "/" + i).body()).isEqualTo("hello");
      }

      assertThat(endpoint.calls).hasSize(20);
      assertThat(endpoint.calls.getFirst().head.scheme()).hasToString("https");
      assertThat(endpoint.connections).hasSize(1);
      assertThat(endpoint.connections.getFirst().pipeline().get(SslHandler.class))
          .satisfies(tls -> assertThat(tls.applicationProtocol()).isEqualTo("h2"));
      assertThat(gateway.metrics.contained).isEmpty();
      assertThat(gateway.engine().ledger().completed()).isEqualTo(20);
    }
  }

  @Test
  void bodiesPassWholeBothWays() throws Exception {
    String body = "0123456789abcdef".repeat(40_000);
    Http2Endpoint.Script echo =
        call -> {
          if (call.ended) {
            call.ok(body.substring(0, (int) call.received.get()));
          }
        };
    try (Http2Endpoint endpoint = Http2Endpoint.secured(context("h2"), echo);
        Gateway gateway = gateway(trusting("orders.internal"), endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n");
      client.send(body);
      assertThat(client.read(false).body()).isEqualTo(body);
    }
  }

  @Test
  void anEndpointThatDoesNotSelectHttp2IsRefusedNamingAlpn() throws Exception {
    for (SslContext other : List.of(context("http/1.1"), context())) {
      try (Http2Endpoint endpoint = Http2Endpoint.secured(other, call -> call.ok("never"));
          Gateway gateway = gateway(trusting("orders.internal"), endpoint.port());
          RawClient client = new RawClient(gateway.port())) {
        RawClient.Response got = client.request("GET", "/");

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.body()).contains("\"why\":\"upstream-tls\"").contains("ALPN");
        assertThat(endpoint.calls).isEmpty();
        assertThat(gateway.metrics.contained).isEmpty();
      }
    }
  }

  @Test
  void aNameOrAChainThatIsWrongIsRefused() throws Exception {
    ClusterSpec.Tls others =
        new ClusterSpec.Tls(
            true, List.of(new TestCertificates().authority()), "orders.internal", null);
    for (ClusterSpec.Tls tls : List.of(trusting("payments.internal"), others)) {
      try (Http2Endpoint endpoint = Http2Endpoint.secured(context("h2"), call -> call.ok("never"));
          Gateway gateway = gateway(tls, endpoint.port());
          RawClient client = new RawClient(gateway.port())) {
        assertThat(client.request("GET", "/").body()).contains("upstream-tls");
        assertThat(endpoint.calls).isEmpty();
      }
    }
  }

  @Test
  void showsItsOwnCertificate() throws Exception {
    SslContext asking =
        builder("h2").clientAuth(ClientAuth.REQUIRE).trustManager(CERTIFICATES.authority()).build();
    ClusterSpec.Tls own =
        new ClusterSpec.Tls(
            true,
            List.of(CERTIFICATES.authority()),
            "orders.internal",
            TestCertificates.material(CERTIFICATES.client("CN=gateway")));
    try (Http2Endpoint endpoint = Http2Endpoint.secured(asking, call -> call.ok("hello"));
        Gateway gateway = gateway(own, endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").body()).isEqualTo("hello");
      assertThat(
              endpoint
                  .connections
                  .getFirst()
                  .pipeline()
                  .get(SslHandler.class)
                  .engine()
                  .getSession()
                  .getPeerPrincipal())
          .hasToString("CN=gateway");
    }
  }

  @Test
  void aHandshakeThatNeverComesEndsWithTheConnectTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Gateway gateway =
            builder(silent.getLocalPort())
                .connectTimeout(Duration.ofMillis(300))
                .cluster(spec -> secured(spec, trusting(null)))
                .start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").body()).contains("upstream-tls");
    }
  }

  @Test
  void goesToAnotherEndpointWhenTheHandshakeFails() throws Exception {
    try (Http2Endpoint wrong =
            Http2Endpoint.secured(context("http/1.1"), call -> call.ok("never"));
        Http2Endpoint right = Http2Endpoint.secured(context("h2"), call -> call.ok("hello"));
        Gateway gateway = gateway(trusting("orders.internal"), wrong.port(), right.port());
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 4; i++) {
        assertThat(client.request("GET", "/").body()).isEqualTo("hello");
      }
      assertThat(gateway.metrics.retries).contains("upstream-tls");
    }
  }

  @Test
  void aChangeOfWhatIsTrustedHoldsForNewStreams() throws Exception {
    try (Http2Endpoint endpoint = Http2Endpoint.secured(context("h2"), call -> call.ok("hello"));
        Gateway gateway = gateway(trusting("orders.internal"), endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").status()).isEqualTo(200);
      Snapshot now = gateway.engine().snapshot();
      gateway
          .engine()
          .publish(
              new Snapshot(
                  now.version() + 1,
                  "other",
                  now.loadedAt(),
                  now.listeners(),
                  List.of(secured(now.clusters().getFirst(), trusting("payments.internal"))),
                  now.routes(),
                  now.drain()));
      Await.until("distrusted", () -> client.request("GET", "/").body().contains("upstream-tls"));
    }
  }

  @Test
  void tcpChecksSayThatItAccepts() throws Exception {
    ClusterSpec.HealthCheck check =
        new ClusterSpec.HealthCheck(
            "tcp", "/", Duration.ofMillis(100), Duration.ofSeconds(2), 1, 1, 200, 299, null);
    try (Http2Endpoint endpoint = Http2Endpoint.secured(context("h2"), call -> call.ok("hello"));
        Gateway gateway =
            builder(endpoint.port())
                .healthCheck(check)
                .cluster(spec -> secured(spec, trusting("orders.internal")))
                .start()) {
      Await.until(
          "healthy",
          () ->
              gateway.engine().clusters().getFirst().endpoints().getFirst().health()
                  == Endpoint.Health.HEALTHY);
    }
  }

  private static ClusterSpec.Tls trusting(String name) {
    return new ClusterSpec.Tls(true, List.of(CERTIFICATES.authority()), name, null);
  }

  private static Gateway.Builder builder(int... ports) {
    return Gateway.builder().protocol(ClusterSpec.Protocol.HTTP2).endpoints(ports);
  }

  private static Gateway gateway(ClusterSpec.Tls tls, int... ports) {
    return builder(ports).cluster(spec -> secured(spec, tls)).start();
  }

  private static SslContext context(String... protocols) throws Exception {
    return builder(protocols).build();
  }

  private static SslContextBuilder builder(String... protocols) {
    SslContextBuilder builder =
        SslContextBuilder.forServer(ORDERS.getKeyPair().getPrivate(), ORDERS.getCertificatePath())
            .sslProvider(SslProvider.JDK);
    return protocols.length == 0
        ? builder
        : builder.applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                protocols));
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
}
