package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec.Protocol;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The matrix as an executable claim: each method in each cell of client by endpoint. */
class FourCellsTest {

  /** Client by endpoint. */
  @Retention(RetentionPolicy.RUNTIME)
  @ParameterizedTest(name = "HTTP/2 client: {0}, over TLS: {1}, endpoint: {2}")
  @CsvSource({
    "false, false, HTTP1",
    "false, false, HTTP2",
    "true, false, HTTP1",
    "true, false, HTTP2",
    "false, true, HTTP1",
    "false, true, HTTP2",
    "true, true, HTTP1",
    "true, true, HTTP2",
  })
  @interface Cells {}

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("test");

  /** A cell made ready. */
  private record Cell(CellEndpoint endpoint, Gateway gateway, CellClient client)
      implements AutoCloseable {

    static Cell of(boolean isHttp2, boolean isSecure, Protocol protocol) throws Exception {
      CellEndpoint endpoint = CellEndpoint.of(protocol);
      Gateway gateway =
          Gateway.builder()
              .protocol(protocol)
              .endpoints(endpoint.port())
              .timers(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(1))
              .listener(spec -> isSecure ? secure(spec) : spec)
              .start();
      Socket connected =
          isSecure
              ? connect(gateway.port(), isHttp2 ? "h2" : "http/1.1")
              : new Socket("127.0.0.1", gateway.port());
      return new Cell(endpoint, gateway, CellClient.of(isHttp2, connected));
    }

    private static ListenerSpec secure(ListenerSpec spec) {
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
          TestCertificates.spec(SITE));
    }

    private static Socket connect(int port, String protocol) throws IOException {
      SSLSocket socket =
          (SSLSocket)
              CERTIFICATES.trusting(null).getSocketFactory().createSocket("127.0.0.1", port);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {protocol});
      parameters.setServerNames(List.of(new SNIHostName("test")));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      assertThat(socket.getApplicationProtocol()).isEqualTo(protocol);
      return socket;
    }

    @Override
    public void close() throws IOException {
      client.close();
      gateway.close();
      endpoint.close();
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @Cells
  void trailersPassInBothDirections(boolean isHttp2, boolean isSecure, Protocol protocol)
      throws Exception {
    try (Cell cell = Cell.of(isHttp2, isSecure, protocol)) {
      cell.client.begin("/trailers", "te", "trailers");
      cell.client.data("bbbb");
      cell.client.endWithTrailer("x-sum", "42");
      CellClient.Answer answer = cell.client.answer(false);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("bbbb");
      assertThat(answer.echo()).isEqualTo("42");
    }
  }

  /** HTTP/2 has a place for trailers whether or not they are asked for; HTTP/1.1 has not. */
  @Cells
  void trailersGoToHttp1ClientsThatAskForThemOnly(
      boolean isHttp2, boolean isSecure, Protocol protocol) throws Exception {
    try (Cell cell = Cell.of(isHttp2, isSecure, protocol)) {
      cell.client.begin("/trailers");
      cell.client.data("bbbb");
      cell.client.endWithTrailer("x-sum", "42");
      CellClient.Answer answer = cell.client.answer(false);
      assertThat(answer.body()).isEqualTo("bbbb");
      assertThat(answer.echo()).isEqualTo(isHttp2 ? "42" : "");
    }
  }

  @Cells
  void trailersBehindABodyOfNothingPass(boolean isHttp2, boolean isSecure, Protocol protocol)
      throws Exception {
    try (Cell cell = Cell.of(isHttp2, isSecure, protocol)) {
      cell.client.begin("/trailers", "te", "trailers");
      cell.client.endWithTrailer("x-sum", "42");
      assertThat(cell.client.answer(false).echo()).isEqualTo("42");
    }
  }

  /** A length of 0 that is stated has no body and may have trailers; HTTP/2 can carry that. */
  @Test
  void trailersBehindAStatedLengthOfNothingPassFromHttp2ToHttp2() throws Exception {
    try (Cell cell = Cell.of(true, false, Protocol.HTTP2)) {
      cell.client.begin("/trailers", "content-length", "0");
      cell.client.endWithTrailer("x-sum", "42");
      assertThat(cell.client.answer(false).echo()).isEqualTo("42");
    }
  }

  @Cells
  void interimHeadsPassInTheirOrder(boolean isHttp2, boolean isSecure, Protocol protocol)
      throws Exception {
    try (Cell cell = Cell.of(isHttp2, isSecure, protocol)) {
      cell.client.request("GET", "/hints");
      CellClient.Answer answer = cell.client.answer(false);
      assertThat(answer.interim()).containsExactly(103, 102);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("hinted");
    }
  }

  @Cells
  void anExpectationIsMetByTheEndpoint(boolean isHttp2, boolean isSecure, Protocol protocol)
      throws Exception {
    try (Cell cell = Cell.of(isHttp2, isSecure, protocol)) {
      cell.client.begin("/expect", "expect", "100-continue");
      // The endpoint says 100 before it reads: the body waits for it here.
      Await.until("the endpoint has the head", () -> cell.endpoint.requests() == 1);
      cell.client.data("body");
      cell.client.end();
      CellClient.Answer answer = cell.client.answer(false);
      assertThat(answer.interim()).containsExactly(100);
      assertThat(answer.body()).isEqualTo("100-continue 4");
    }
  }

  @Cells
  void anAnswerBeforeTheRequestsEndReachesTheClient(
      boolean isHttp2, boolean isSecure, Protocol protocol) throws Exception {
    try (Cell cell = Cell.of(isHttp2, isSecure, protocol)) {
      cell.client.begin("/early");
      cell.client.data("some of it");
      CellClient.Answer answer = cell.client.answer(false);
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.body()).isEqualTo("no");
    }
  }

  @Cells
  void aHeadRequestGetsTheLengthAndNoBody(boolean isHttp2, boolean isSecure, Protocol protocol)
      throws Exception {
    try (Cell cell = Cell.of(isHttp2, isSecure, protocol)) {
      cell.client.request("HEAD", "/head");
      CellClient.Answer answer = cell.client.answer(true);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.length()).isEqualTo("5");
      assertThat(answer.body()).isEmpty();
    }
  }

  @Cells
  void aClientThatTakesItsRequestBackCancelsTheEndpoint(
      boolean isHttp2, boolean isSecure, Protocol protocol) throws Exception {
    try (Cell cell = Cell.of(isHttp2, isSecure, protocol)) {
      cell.client.request("GET", "/wait");
      Await.until("it is under way", () -> cell.endpoint.requests() == 1);
      cell.client.cancel();
      Await.until(
          "the endpoint knows",
          () -> cell.endpoint.requests() == 1 && cell.endpoint.cancelled.get() == 1);
      Await.until("aborted", () -> cell.gateway.engine().ledger().aborted() == 1);
    }
  }

  @Cells
  void anEndpointThatBreaksOffIsNoCleanEndForTheClient(
      boolean isHttp2, boolean isSecure, Protocol protocol) throws Exception {
    try (Cell cell = Cell.of(isHttp2, isSecure, protocol)) {
      cell.client.request("GET", "/broken");
      assertThat(cell.client.isBroken()).isTrue();
    }
  }

  @Cells
  void aSlowReaderStopsTheEndpoint(boolean isHttp2, boolean isSecure, Protocol protocol)
      throws Exception {
    try (Cell cell = Cell.of(isHttp2, isSecure, protocol)) {
      cell.client.request("GET", "/endless");
      cell.client.awaitHead();
      // What the kernel's socket buffers hold on a loopback, and a little of our own.
      assertStandstill(cell.endpoint.sent, 32L << 20);
    }
  }

  @Cells
  void aSlowEndpointStopsTheClient(boolean isHttp2, boolean isSecure, Protocol protocol)
      throws Exception {
    try (Cell cell = Cell.of(isHttp2, isSecure, protocol)) {
      cell.client.begin("/deaf");
      AtomicLong taken = new AtomicLong();
      Thread.ofVirtual()
          .start(() -> {
            try {
              cell.client.upload(taken);
            } catch (IOException over) {
              // The test is.
            }
          });
      assertStandstill(taken, 32L << 20);
    }
  }

  private static void assertStandstill(AtomicLong count, long most) throws Exception {
    Await.until("something moves", () -> count.get() > 0);
    long[] last = {-1, System.nanoTime()};
    Await.until(
        "nothing moves any more",
        () -> {
          long now = count.get();
          if (now != last[0]) {
            last[0] = now;
            last[1] = System.nanoTime();
          }
          return System.nanoTime() - last[1] > 500_000_000L;
        });
    assertThat(count.get()).isLessThan(most);
  }
}
