package io.expressgateway.http.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A ClientHello in pieces gets the certificate of its name, or no handshake: never the default
 * certificate, and never around the client's certificate.
 */
class FragmentedHelloTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");
  private static final X509Bundle SHOP = CERTIFICATES.server("shop.example");
  private static final String REQUEST = "GET /f HTTP/1.1\r\nHost: shop.example\r\n\r\n";

  private RawEndpoint endpoint;
  private Gateway gateway;
  private SecureClient neighbour;

  @BeforeEach
  void start() throws Exception {
    endpoint = RawEndpoint.echoingTarget();
    gateway = SecureClient.gateway(endpoint, TestCertificates.spec(SITE, SHOP));
    neighbour = SecureClient.connect(CERTIFICATES.trusting(null), gateway, "site.example");
  }

  @AfterEach
  void theNeighbourIsServedOn() throws Exception {
    assertThat(neighbour.get("site.example", "/n")).endsWith("/n");
    assertThat(gateway.metrics.contained).isEmpty();
    neighbour.close();
    gateway.close();
    endpoint.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 40, 100, 200})
  void aHelloInTwoRecordsGetsTheCertificateOfItsName(int first) throws Exception {
    try (EngineClient client = client()) {
      client.send(EngineClient.records(client.hello(), first));
      client.finishHandshake();
      assertThat(client.shown()).isEqualTo(SHOP.getCertificate());
      assertThat(client.exchange(REQUEST, "/f")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void aHelloInManySmallRecordsGetsTheCertificateOfItsName() throws Exception {
    int[] sizes = new int[100];
    Arrays.fill(sizes, 7);
    try (EngineClient client = client()) {
      client.send(EngineClient.records(client.hello(), sizes));
      client.finishHandshake();
      assertThat(client.shown()).isEqualTo(SHOP.getCertificate());
    }
  }

  @Test
  void recordsOfOneByteNeverGetTheDefaultCertificate() throws Exception {
    try (EngineClient client = client()) {
      byte[] hello = client.hello();
      int[] sizes = new int[hello.length];
      Arrays.fill(sizes, 1);
      client.send(EngineClient.records(hello, sizes));
      assertServedAsShopOrNotAtAll(client);
    }
  }

  @Test
  void anEmptyRecordInFrontNeverGetsTheDefaultCertificate() throws Exception {
    try (EngineClient client = client()) {
      byte[] hello = client.hello();
      client.send(new byte[] {22, 3, 1, 0, 0});
      client.send(hello);
      assertServedAsShopOrNotAtAll(client);
    }
  }

  @Test
  void aHelloInSeveralSegmentsGetsTheCertificateOfItsName() throws Exception {
    try (EngineClient client = client()) {
      byte[] hello = client.hello();
      for (int at = 0; at < hello.length; at += 16) {
        client.send(Arrays.copyOfRange(hello, at, Math.min(hello.length, at + 16)));
      }
      client.finishHandshake();
      assertThat(client.shown()).isEqualTo(SHOP.getCertificate());
    }
  }

  @Test
  void piecesDoNotLeadAroundTheClientsCertificate() throws Exception {
    TlsSpec plain = TestCertificates.spec(SITE, SHOP);
    TlsSpec mutual =
        new TlsSpec(
            plain.certificates(),
            TlsSpec.ClientAuth.NEED,
            List.of(CERTIFICATES.authority()),
            true,
            plain.handshakeTimeout());
    try (Gateway strict = SecureClient.gateway(endpoint, mutual)) {
      for (int first : new int[] {1, 3, 4, 60}) {
        assertThatThrownBy(
                () -> {
                  try (EngineClient client =
                      new EngineClient(
                          CERTIFICATES.trusting(null), strict.port(), "shop.example")) {
                    client.send(EngineClient.records(client.hello(), first));
                    client.finishHandshake();
                    client.exchange(REQUEST, "/f");
                  }
                })
            .isInstanceOf(IOException.class);
      }
      assertThat(endpoint.requests()).isEmpty();
    }
  }

  private void assertServedAsShopOrNotAtAll(EngineClient client) throws Exception {
    String answer;
    try {
      client.finishHandshake();
      answer = client.exchange(REQUEST, "\r\n\r\n");
    } catch (IOException refused) {
      Await.until("counted", () -> !gateway.metrics.security.isEmpty());
      return;
    }
    assertThat(client.shown()).isEqualTo(SHOP.getCertificate());
    assertThat(answer).startsWith("HTTP/1.1 200");
  }

  private EngineClient client() throws IOException {
    return new EngineClient(CERTIFICATES.trusting(null), gateway.port(), "shop.example");
  }
}
