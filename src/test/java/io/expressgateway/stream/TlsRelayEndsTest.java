package io.expressgateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.fault.Await;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a TLS client is told of an end. A close_notify says that all was sent (RFC 8446 section
 * 6.1); it is the one record that may come behind the last byte of content.
 */
@Timeout(60)
class TlsRelayEndsTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");
  private static final int CONTENT = 10;

  @TempDir private Path directory;

  /** Counts what comes, sealed as it is. */
  private static final class Wire extends Socket {

    private int received;

    Wire(int port) throws IOException {
      setSoTimeout(15_000);
      connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read() throws IOException {
          int one = super.read();
          received += one < 0 ? 0 : 1;
          return one;
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
          int count = super.read(into, from, most);
          received += Math.max(count, 0);
          return count;
        }
      };
    }
  }

  private Relays relays(String cluster, int... ports) throws Exception {
    return relays("", cluster, ports);
  }

  private Relays relays(String listener, String cluster, int... ports) throws Exception {
    return Relays.of(
        Relays.yaml(
            "tls",
            "tls: { certificates: [ { certificate: \"%s\", private-key: \"%s\" } ] }\n%s"
                .formatted(
                    TestCertificates.chainFile(directory, "site.crt", SITE),
                    TestCertificates.keyFile(directory, "site.key", SITE),
                    listener),
            cluster,
            ports));
  }

  private String encrypted() throws IOException {
    Path ca = Files.writeString(directory.resolve("ca.crt"), CERTIFICATES.authorityPem());
    return "tls: { enabled: true, server-name: site.example, ca: \"" + ca + "\" }";
  }

  private static SSLSocket over(Socket wire) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            CERTIFICATES
                .trusting(null)
                .getSocketFactory()
                .createSocket(wire, "site.example", wire.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName("site.example")));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static void reset(Socket endpoint) throws IOException {
    endpoint.setSoLinger(true, 0);
    endpoint.close();
  }

  /** Bytes on the wire up to the end of the content. */
  private static int received(SSLSocket client, Wire wire) throws IOException {
    assertThat(client.getInputStream().readNBytes(CONTENT)).hasSize(CONTENT);
    return wire.received;
  }

  /** Bytes on the wire up to the end of the connection. */
  private static int receivedInAll(SSLSocket client, Wire wire) {
    try {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    } catch (IOException brokenOff) {
      // Reset, or ended without a word.
    }
    return wire.received;
  }

  @Test
  void anEndpointThatEndsIsAnEndOfTls() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = relays("", peer.port());
        Wire wire = new Wire(relays.port());
        SSLSocket client = over(wire);
        Socket endpoint = peer.next()) {
      endpoint.getOutputStream().write(new byte[CONTENT]);
      int before = received(client, wire);
      endpoint.shutdownOutput();

      assertThat(receivedInAll(client, wire) - before).as("close_notify").isPositive();
      client.shutdownOutput();
      Await.until("ended", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().serverName()).isEqualTo("site.example");
    }
  }

  @Test
  void anEndpointThatResetsIsNoEndOfTls() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = relays("", peer.port());
        Wire wire = new Wire(relays.port());
        SSLSocket client = over(wire);
        Socket endpoint = peer.next()) {
      endpoint.getOutputStream().write(new byte[CONTENT]);
      int before = received(client, wire);
      reset(endpoint);

      assertThat(receivedInAll(client, wire) - before).as("no close_notify").isZero();
      Await.until("ended", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.ENDPOINT_RESET);
    }
  }

  /** Nobody knows whether what has come is all. */
  @ParameterizedTest
  @ValueSource(strings = {"idle-timeout: 500ms", "max-lifetime: 1s"})
  void aFlowThatIsCutIsNoEndOfTls(String limit) throws Exception {
    try (Peer peer = new Peer();
        Relays relays = relays("relay: { " + limit + " }", "", peer.port());
        Wire wire = new Wire(relays.port());
        SSLSocket client = over(wire);
        Socket endpoint = peer.next()) {
      endpoint.getOutputStream().write(new byte[CONTENT]);
      int before = received(client, wire);

      assertThat(receivedInAll(client, wire) - before).as("no close_notify").isZero();
      Await.until("ended", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end()).isIn(FlowEnd.IDLE, FlowEnd.LIFETIME);
      assertThat(relays.contained).isEmpty();
    }
  }

  /** Names of containers have underscores, names in certificates none. */
  @ParameterizedTest
  @CsvSource({"my_service,", "site.example., site.example"})
  void anEndpointIsAskedForByItsName(String configured, @Nullable String asked) throws Exception {
    SSLContext server = SSLContext.getInstance("TLS");
    server.init(SITE.toKeyManagerFactory().getKeyManagers(), null, null);
    String tls = "tls: { enabled: true, verify: false, server-name: " + configured + " }";
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "connect-timeout: 1h\n" + tls, peer.port());
        Socket client = relays.connect();
        Socket raw = peer.next()) {
      SSLSocket endpoint =
          (SSLSocket) server.getSocketFactory().createSocket(raw, "client", 1, true);
      endpoint.setUseClientMode(false);
      endpoint.startHandshake();
      client.getOutputStream().write(7);

      assertThat(endpoint.getInputStream().read()).isEqualTo(7);
      assertThat(((ExtendedSSLSession) endpoint.getSession()).getRequestedServerNames())
          .isEqualTo(asked == null ? List.of() : List.of(new SNIHostName(asked)));
    }
  }

  /** Cut off on the way, for all that anybody knows. */
  @Test
  void anEndpointUnderTlsThatEndsWithoutAWordIsNoEndOfTls() throws Exception {
    SSLContext server = SSLContext.getInstance("TLS");
    server.init(SITE.toKeyManagerFactory().getKeyManagers(), null, null);
    try (Peer peer = new Peer();
        Relays relays = relays(encrypted(), peer.port());
        Wire wire = new Wire(relays.port());
        SSLSocket client = over(wire);
        Socket raw = peer.next()) {
      SSLSocket endpoint =
          (SSLSocket) server.getSocketFactory().createSocket(raw, "client", 1, true);
      endpoint.setUseClientMode(false);
      endpoint.startHandshake();
      endpoint.getOutputStream().write(new byte[CONTENT]);
      int before = received(client, wire);
      raw.shutdownOutput();

      assertThat(receivedInAll(client, wire) - before).as("no close_notify").isZero();
    }
  }

  /** A client chooses in how many pieces it sends what has to wait for the endpoint. */
  @Test
  void whatComesInSmallPiecesWaitsAsWhole() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "connect-timeout: 1h\n" + encrypted(), peer.port());
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      client.setTcpNoDelay(true);
      for (int i = 0; i < 20_000; i++) {
        client.getOutputStream().write(i);
        java.util.concurrent.locks.LockSupport.parkNanos(1);
      }
      endpoint.shutdownOutput();

      try {
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      } catch (java.net.SocketException reset) {
        // What the gateway had not read yet makes a reset of its end.
      }
      Await.until("ended", () -> relays.ended.size() == 1);
      assertThat(relays.contained).isEmpty();
    }
  }

  /** Its FIN is its answer: nobody waits for the rest of the handshake. */
  @Test
  void anEndpointThatEndsInItsHandshakeIsLeftForTheNext() throws Exception {
    try (Peer first = new Peer();
        Peer second = new Peer();
        Relays relays =
            Relays.tcp("", "connect-timeout: 1h\n" + encrypted(), first.port(), second.port());
        Socket client = relays.connect()) {
      for (Peer each : List.of(first, second)) {
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try (Socket endpoint = each.next()) {
                assertThat(endpoint.getInputStream().read()).isPositive();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
      }

      assertThat(client.getInputStream().read()).isEqualTo(-1);
      Await.until("ended", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.UPSTREAM_TLS);
      assertThat(relays.ended.getFirst().attempts()).isEqualTo(2);
    }
  }
}
