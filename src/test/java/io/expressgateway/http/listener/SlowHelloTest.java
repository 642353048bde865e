package io.expressgateway.http.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A handshake has its time-out as a whole: for the ClientHello and what follows it together. */
class SlowHelloTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private RawEndpoint endpoint;
  private Gateway gateway;
  private SecureClient neighbour;

  @BeforeEach
  void start() throws Exception {
    TlsSpec plain = TestCertificates.spec(SITE);
    endpoint = RawEndpoint.echoingTarget();
    gateway =
        SecureClient.gateway(
            endpoint,
            new TlsSpec(
                plain.certificates(), plain.clientAuth(), plain.clientCas(), true, TIMEOUT));
    neighbour = SecureClient.connect(CERTIFICATES.trusting(null), gateway, "site.example");
  }

  @AfterEach
  void theNeighbourIsServedOn() throws Exception {
    Await.until("counted", () -> gateway.metrics.security.contains("handshake-timeout:close"));
    assertThat(neighbour.get("site.example", "/n")).endsWith("/n");
    assertThat(gateway.metrics.contained).isEmpty();
    neighbour.close();
    gateway.close();
    endpoint.close();
  }

  @Test
  void aHelloThatTricklesIsCutOff() throws Exception {
    try (EngineClient client = client()) {
      byte[] hello = client.hello();
      long began = System.nanoTime();
      Thread.ofVirtual().start(() -> trickle(client.socket, hello));
      assertEndsInTime(client.socket, began);
    }
  }

  @Test
  void aSilentConnectionIsCutOff() throws Exception {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      client.setSoTimeout(15_000);
      assertEndsInTime(client, System.nanoTime());
    }
  }

  @Test
  void theHandshakeGetsOnlyTheTimeThatTheHelloHasLeft() throws Exception {
    try (EngineClient client = client()) {
      byte[] hello = client.hello();
      long began = System.nanoTime();
      client.send(java.util.Arrays.copyOf(hello, 20));
      // Most of the time passes within the hello, which then completes; nothing follows it.
      LockSupport.parkNanos(TIMEOUT.toNanos() * 3 / 4);
      client.send(java.util.Arrays.copyOfRange(hello, 20, hello.length));
      assertEndsInTime(client.socket, began);
    }
  }

  /** With a margin of three quarters: two time-outs in a row would take longer. */
  private static void assertEndsInTime(Socket client, long began) throws IOException {
    try {
      client.getInputStream().readAllBytes();
    } catch (IOException reset) {
      // Closed with bytes of the client's unread.
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isBetween(TIMEOUT.minusMillis(50), TIMEOUT.multipliedBy(7).dividedBy(4));
  }

  private static void trickle(Socket client, byte[] bytes) {
    try {
      for (byte b : bytes) {
        client.getOutputStream().write(b);
        LockSupport.parkNanos(20_000_000);
      }
    } catch (IOException closed) {
      // As it should be.
    }
  }

  private EngineClient client() throws IOException {
    return new EngineClient(CERTIFICATES.trusting(null), gateway.port(), "site.example");
  }
}
