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
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Connections beyond a cap, and handshakes beyond theirs, are closed before any work is done. */
class TlsConnectionCapsTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");

  @Test
  void aConnectionBeyondTheCapOfItsAddressIsClosedWithoutAHandshake() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = capped(endpoint, 100, 2);
        SecureClient first = connect(gateway);
        SecureClient second = connect(gateway)) {
      assertThat(isClosedAtOnce(gateway)).isTrue();
      assertThat(first.get("site.example", "/1")).endsWith("/1");
      assertThat(second.get("site.example", "/2")).endsWith("/2");
      assertThat(gateway.metrics.security).contains("connection-caps:close");
      second.socket.close();
      Await.until(
          "there is room again", () -> gateway.engine().listeners().getFirst().connections() == 1);
      try (SecureClient third = connect(gateway)) {
        assertThat(third.get("site.example", "/3")).endsWith("/3");
      }
    }
  }

  @Test
  void aConnectionBeyondTheCapOfTheListenerIsClosedWithoutAHandshake() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = capped(endpoint, 1, 100);
        SecureClient first = connect(gateway)) {
      assertThat(isClosedAtOnce(gateway)).isTrue();
      assertThat(first.get("site.example", "/1")).endsWith("/1");
    }
  }

  @Test
  void handshakesBeyondTheirCapAreClosedAndOpenConnectionsAreNot() throws Exception {
    TlsSpec plain = TestCertificates.spec(SITE);
    TlsSpec two =
        new TlsSpec(
            plain.certificates(),
            plain.clientAuth(),
            plain.clientCas(),
            true,
            Duration.ofSeconds(30),
            2,
            true,
            false,
            plain.clientHeaders());
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway = SecureClient.gateway(endpoint, two);
        SecureClient neighbour = connect(gateway)) {
      // The server's side of its handshake is over, too.
      assertThat(neighbour.get("site.example", "/n")).endsWith("/n");
      Socket other = socket(gateway);
      Socket silent = socket(gateway);
      Await.until(
          "both are accepted", () -> gateway.engine().listeners().getFirst().connections() == 3);
      assertThat(isClosedAtOnce(gateway)).isTrue();
      assertThat(gateway.metrics.security).contains("tls-handshakes:close");
      assertThat(neighbour.get("site.example", "/n")).endsWith("/n");

      silent.close();
      Await.until("a handshake fits again", () -> isServed(gateway));
      other.close();
    }
  }

  private static boolean isServed(Gateway gateway) {
    try (SecureClient client = connect(gateway)) {
      return client.get("site.example", "/s").endsWith("/s");
    } catch (IOException refused) {
      return false;
    }
  }

  private static boolean isClosedAtOnce(Gateway gateway) throws IOException {
    try (Socket client = socket(gateway)) {
      return client.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  private static Socket socket(Gateway gateway) throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
    client.setSoTimeout(15_000);
    return client;
  }

  private static SecureClient connect(Gateway gateway) throws IOException {
    return SecureClient.connect(CERTIFICATES.trusting(null), gateway, "site.example");
  }

  private static Gateway capped(RawEndpoint endpoint, int most, int perAddress) {
    return Gateway.builder()
        .endpoints(endpoint.port())
        .listener(spec ->
            SecureClient.secure(spec, spec.name(), most, perAddress, TestCertificates.spec(SITE)))
        .start();
  }
}
