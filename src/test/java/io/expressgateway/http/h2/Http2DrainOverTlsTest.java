package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.tls.Link;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** How a connection over TLS leaves: GOAWAY twice, what runs, close_notify, and then the end. */
class Http2DrainOverTlsTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("test");

  private static Gateway gateway(RawEndpoint endpoint) {
    return Gateway.builder().endpoints(endpoint.port()).tls(TestCertificates.spec(SITE)).start();
  }

  private static RawHttp2 connect(Gateway gateway) throws IOException {
    return new RawHttp2(Link.secured(CERTIFICATES, gateway.port(), "test", "h2"));
  }

  private static void awaitNoConnection(Gateway gateway) throws Exception {
    Await.until(
        "the connection is gone", () -> gateway.engine().listeners().getFirst().connections() == 0);
  }

  @Test
  void whatRunsIsFinishedAndTheEndIsAnnounced() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              answer.await();
              request.ok("hello");
            });
        Gateway gateway = gateway(endpoint);
        RawHttp2 client = connect(gateway)) {
      client.settings().request(1, "GET", true).send();
      Await.until("it is under way", () -> endpoint.requests().size() == 1);
      gateway.engine().beginDrain();
      Http2DrainTest.leavesGracefully(client, answer);
      assertThat(client.link.wasNotified()).isTrue();
      client.link.finish();
      awaitNoConnection(gateway);
      assertThat(gateway.engine().awaitIdle(Duration.ofSeconds(10))).isTrue();
      assertThat(gateway.engine().ledger().completed()).isEqualTo(2);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  /** It reads the end and neither ends its own side nor its socket. */
  @Test
  void aClientThatDoesNotCloseIsNotWaitedFor() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = gateway(endpoint);
        RawHttp2 client = connect(gateway)) {
      client.settings().request(1, "GET", true).send();
      client.await(RawHttp2.DATA);
      gateway.engine().beginDrain();
      assertThat(client.await(RawHttp2.GOAWAY).number(0)).isEqualTo(Integer.MAX_VALUE);
      assertThat(client.await(RawHttp2.GOAWAY).number(0)).isEqualTo(1);
      assertThat(client.isEnded()).isTrue();
      assertThat(client.link.wasNotified()).isTrue();
      awaitNoConnection(gateway);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  /** What it sends behind the gateway's end is dropped, and does not keep the connection. */
  @Test
  void aClientThatSendsOnIsNotWaitedForEither() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = gateway(endpoint);
        RawHttp2 client = connect(gateway)) {
      client.settings().request(1, "GET", true).send();
      client.await(RawHttp2.DATA);
      gateway.engine().beginDrain();
      client.await(RawHttp2.GOAWAY);
      client.await(RawHttp2.GOAWAY);
      assertThat(client.isEnded()).isTrue();
      Await.until(
          "the connection is gone",
          () -> {
            try {
              client.frame(RawHttp2.PING, 0, 0, new byte[8]).send();
            } catch (IOException gone) {
              // That is what it is about.
            }
            return gateway.engine().listeners().getFirst().connections() == 0;
          });
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  /** The endpoint never answers; the drain ends. */
  @Test
  void whatStillRunsAtTheEndOfTheDrainIsReset() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> never.await());
        Gateway gateway = gateway(endpoint);
        RawHttp2 client = connect(gateway)) {
      client.settings().request(1, "GET", true).send();
      Await.until("it is under way", () -> endpoint.requests().size() == 1);
      gateway.engine().beginDrain();
      client.await(RawHttp2.GOAWAY);
      client.await(RawHttp2.GOAWAY);
      gateway.engine().close();
      assertThat(client.await(RawHttp2.RST_STREAM).stream()).isEqualTo(1);
      assertThat(client.isEnded()).isTrue();
      assertThat(client.link.wasNotified()).isTrue();
      assertThat(gateway.engine().ledger().accepted()).isEqualTo(1);
      assertThat(gateway.metrics.failures).containsExactly("shutdown");
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  /** Without a GOAWAY, and without the FIN that would say the same again. */
  @Test
  void aClientsCloseNotifyEndsItsConnectionAndWhatRuns() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> never.await());
        Gateway gateway = gateway(endpoint);
        RawHttp2 client = connect(gateway)) {
      client.settings().request(1, "GET", true).send();
      Await.until("it is under way", () -> endpoint.requests().size() == 1);
      client.link.finish();
      awaitNoConnection(gateway);
      Await.until("aborted", () -> gateway.engine().ledger().aborted() == 1);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
