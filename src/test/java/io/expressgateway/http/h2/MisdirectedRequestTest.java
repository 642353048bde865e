package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** An authority that leads to another certificate than the handshake did gets 421. */
class MisdirectedRequestTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example", "www.site.example");
  private static final X509Bundle SHOP = CERTIFICATES.server("shop.example");

  @Test
  void itsStreamGets421AndTheOthersOfTheConnectionAreServed() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .listener(MisdirectedRequestTest::secured)
                .start();
        RawHttp2 client = new RawHttp2(connect(gateway));
        RawHttp2 neighbour = new RawHttp2(connect(gateway))) {
      client.settings();
      request(client, 1, "site.example");
      request(client, 3, "shop.example:8443");
      request(client, 5, "WWW.site.example:8443");
      client.send();

      int[] statuses = new int[3];
      for (int i = 0; i < 3; i++) {
        RawHttp2.Frame head = client.await(RawHttp2.HEADERS);
        statuses[head.stream() / 2] = status(head);
      }
      assertThat(statuses).containsExactly(200, 421, 200);
      assertThat(endpoint.requests()).hasSize(2);
      Await.until("counted", () -> gateway.metrics.failures.contains("misdirected"));

      neighbour.settings();
      request(neighbour, 1, "site.example");
      neighbour.send();
      assertThat(status(neighbour.await(RawHttp2.HEADERS))).isEqualTo(200);
    }
  }

  @Test
  void strictlyTheNameHasToBeTheOneThatWasAskedFor() throws Exception {
    TlsSpec plain = TestCertificates.spec(SITE);
    TlsSpec strict =
        new TlsSpec(
            plain.certificates(),
            plain.clientAuth(),
            plain.clientCas(),
            true,
            plain.handshakeTimeout(),
            plain.maxHandshakes(),
            true,
            true,
            plain.clientHeaders());
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .listener(spec -> secured(spec, strict))
                .start();
        RawHttp2 client = new RawHttp2(connect(gateway))) {
      client.settings();
      request(client, 1, "Site.example:8443");
      client.send();
      assertThat(status(client.await(RawHttp2.HEADERS))).isEqualTo(200);
      request(client, 3, "www.site.example");
      client.send();
      assertThat(status(client.await(RawHttp2.HEADERS))).isEqualTo(421);
    }
  }

  private static void request(RawHttp2 client, int stream, String authority) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(new byte[] {(byte) 0x82, (byte) 0x87, (byte) 0x84});
    RawHttp2.literal(block, ":authority", authority);
    client.frame(RawHttp2.HEADERS, 5, stream, block.toByteArray());
  }

  /** 200 is in HPACK's static table; 421 comes as a literal with the name of entry 8. */
  private static int status(RawHttp2.Frame head) {
    byte first = head.payload()[0];
    if (first == (byte) 0x88) {
      return 200;
    }
    String text = new String(head.payload(), java.nio.charset.StandardCharsets.ISO_8859_1);
    // Plain or as Huffman code (RFC 7541 appendix B): 4 is 011010, 2 is 00010, 1 is 00001.
    boolean huffman = text.startsWith(new String(new char[] {0x82, 0x68, 0x41}), 1);
    return huffman || text.startsWith("421", 2) ? 421 : -1;
  }

  private static SSLSocket connect(Gateway gateway) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            CERTIFICATES
                .trusting(null)
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), gateway.port());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName("site.example")));
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
    return socket;
  }

  private static ListenerSpec secured(ListenerSpec spec) {
    return secured(spec, TestCertificates.spec(SITE, SHOP));
  }

  private static ListenerSpec secured(ListenerSpec spec, TlsSpec tls) {
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
}
