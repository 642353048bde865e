package io.expressgateway.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.tls.Link;
import io.expressgateway.tls.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** An endpoint that says over TLS that nothing follows, and leaves its socket open. */
class CloseNotifyTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final SSLContext ENDPOINT = CERTIFICATES.trusting(CERTIFICATES.server("endpoint"));
  private static final ClusterSpec.Tls TRUSTING =
      new ClusterSpec.Tls(true, List.of(CERTIFICATES.authority()), "endpoint", null);

  /** Connections that have been taken, and those that the gateway has closed. */
  private final AtomicInteger connections = new AtomicInteger();

  private final AtomicInteger closed = new AtomicInteger();

  /** Answers every connection's first request with {@code answer} and says that this was all. */
  private ServerSocket endpoint(String answer) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Link link = Link.accepted(server.accept(), ENDPOINT, "http/1.1");
              connections.incrementAndGet();
              Thread.ofVirtual().start(() -> serve(link, answer));
            }
          } catch (IOException over) {
            // The test is.
          }
        });
    return server;
  }

  private void serve(Link link, String answer) {
    try (link) {
      InputStream in = link.stream().getInputStream();
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          return;
        }
        head.append((char) next);
      }
      link.stream().getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      link.finish();
      // Past TLS, whose input may be over already: the FIN.
      while (link.tcp().getInputStream().read() >= 0) {}
      closed.incrementAndGet();
    } catch (IOException gone) {
      closed.incrementAndGet();
    }
  }

  private static Gateway gateway(ServerSocket endpoint) {
    return Gateway.builder().endpoints(endpoint.getLocalPort()).endpointTls(TRUSTING).start();
  }

  @Test
  void itsConnectionIsNotUsedAgain() throws Exception {
    try (ServerSocket endpoint = endpoint("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Gateway gateway = gateway(endpoint);
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 1; i <= 3; i++) {
        int served = i;
        assertThat(client.request("GET", "/").body()).isEqualTo("ok");
        Await.until("the gateway closes it", () -> closed.get() == served);
        assertThat(connections).hasValue(served);
      }
      assertThat(gateway.metrics.failures).isEmpty();
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @Test
  void aRequestWithoutAnAnswerFailsAtOnce() throws Exception {
    try (ServerSocket endpoint = endpoint("");
        Gateway gateway = gateway(endpoint);
        RawClient client = new RawClient(gateway.port())) {
      RawClient.Response answer = client.request("POST", "/", "Content-Length: 0");
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.body()).contains("upstream-closed");
    }
  }

  @Test
  void aBodyThatIsShortIsNoWholeBody() throws Exception {
    try (ServerSocket endpoint = endpoint("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort");
        Gateway gateway = gateway(endpoint);
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").complete()).isFalse();
      assertThat(gateway.metrics.failures).contains("upstream-truncated");
    }
  }

  @Test
  void aBodyUpToTheEndIsWhole() throws Exception {
    try (ServerSocket endpoint = endpoint("HTTP/1.1 200 OK\r\n\r\nall of it");
        Gateway gateway = gateway(endpoint);
        RawClient client = new RawClient(gateway.port())) {
      RawClient.Response answer = client.request("GET", "/");
      assertThat(answer.body()).isEqualTo("all of it");
      assertThat(answer.complete()).isTrue();
      assertThat(gateway.metrics.failures).isEmpty();
    }
  }
}
