package io.expressgateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.http.fault.Await;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS that ends here, and TLS towards endpoints. */
class TlsRelayTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");
  private static final X509Bundle SHOP = CERTIFICATES.server("shop.example");

  @TempDir Path directory;

  private Relays relays(String tls, String cluster, int port) throws Exception {
    return Relays.of(
        Relays.yaml(
            "tls",
            """
            handshake-timeout: 1s
            tls:
              certificates:
                - { certificate: CHAIN0, private-key: KEY0 }
                - { certificate: CHAIN1, private-key: KEY1 }
              MORE
            """
                .replace("CHAIN0", file("site", SITE, true))
                .replace("KEY0", file("site", SITE, false))
                .replace("CHAIN1", file("shop", SHOP, true))
                .replace("KEY1", file("shop", SHOP, false))
                .replace("MORE", tls),
            cluster,
            port));
  }

  private String file(String name, X509Bundle bundle, boolean chain) throws Exception {
    return (chain
            ? TestCertificates.chainFile(directory, name + ".crt", bundle)
            : TestCertificates.keyFile(directory, name + ".key", bundle))
        .toString();
  }

  private static SSLSocket connect(Relays relays, String name, @Nullable X509Bundle own)
      throws IOException {
    SSLSocket socket =
        (SSLSocket)
            CERTIFICATES
                .trusting(own)
                .getSocketFactory()
                .createSocket(relays.connect(), name, relays.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  @Test
  void bytesWithinTlsReachTheEndpointInClearText() throws Exception {
    byte[] sent = new byte[1_000_000];
    new Random(3).nextBytes(sent);
    try (Peer peer = new Peer();
        Relays relays = relays("", "", peer.port());
        SSLSocket client = connect(relays, "shop.example", null);
        Socket endpoint = peer.next()) {
      assertThat(client.getSession().getPeerCertificates()[0]).isEqualTo(SHOP.getCertificate());
      assertThat(client.getApplicationProtocol()).isEmpty();
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  client.getOutputStream().write(sent);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(endpoint.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
      writer.join();
      endpoint.getOutputStream().write(sent, 0, 100_000);
      endpoint.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).hasSize(100_000);
      client.shutdownOutput();
      assertThat(endpoint.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void aClientWithoutACertificateIsRefusedWhereOneIsNeeded() throws Exception {
    Path ca = Files.writeString(directory.resolve("ca.crt"), CERTIFICATES.authorityPem());
    try (Peer peer = new Peer();
        Relays relays = relays("client-auth: need\n  client-ca: " + ca, "", peer.port())) {
      assertThatThrownBy(
              () -> {
                try (SSLSocket client = connect(relays, "site.example", null)) {
                  client.getInputStream().read();
                }
              })
          .isInstanceOf(IOException.class);
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.TLS_HANDSHAKE);
      assertThat(peer.hasNext()).isFalse();

      try (SSLSocket client = connect(relays, "site.example", CERTIFICATES.client("CN=me"));
          Socket endpoint = peer.next()) {
        client.getOutputStream().write(1);
        assertThat(endpoint.getInputStream().read()).isEqualTo(1);
      }
    }
  }

  @Test
  void aHandshakeThatDoesNotEndIsClosed() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = relays("", "", peer.port());
        Socket client = relays.connect()) {
      client.getOutputStream().write(22);
      client.getInputStream().readAllBytes();
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.TLS_HANDSHAKE);
      assertThat(relays.security).containsExactly("handshake-timeout:close");
    }
  }

  @Test
  void endpointsAreSpokenToOverTls() throws Exception {
    Path ca = Files.writeString(directory.resolve("ca.crt"), CERTIFICATES.authorityPem());
    try (Peer peer = new Peer();
        Relays inner = relays("", "", peer.port());
        Relays outer =
            Relays.tcp(
                "",
                "proxy-protocol: off\ntls: { enabled: true, server-name: shop.example, ca: \""
                    + ca
                    + "\" }",
                inner.port());
        Socket client = outer.connect()) {
      client.getOutputStream().write(1);
      try (Socket endpoint = peer.next()) {
        assertThat(endpoint.getInputStream().read()).isEqualTo(1);
        endpoint.getOutputStream().write(2);
        assertThat(client.getInputStream().read()).isEqualTo(2);
      }
    }
  }

  @Test
  void anEndpointOfAnotherNameIsNotSpokenTo() throws Exception {
    Path ca = Files.writeString(directory.resolve("ca.crt"), CERTIFICATES.authorityPem());
    try (Peer peer = new Peer();
        Relays inner = relays("", "", peer.port());
        Relays outer =
            Relays.tcp(
                "",
                "tls: { enabled: true, server-name: else.example, ca: \"" + ca + "\" }",
                inner.port());
        Socket client = outer.connect()) {
      try {
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      } catch (IOException reset) {
        // The byte was still unread when the connection was closed.
      }
      Await.until("the flow ends", () -> outer.ended.size() == 1);
      assertThat(outer.ended.getFirst().end()).isEqualTo(FlowEnd.UPSTREAM_TLS);
    }
  }
}
