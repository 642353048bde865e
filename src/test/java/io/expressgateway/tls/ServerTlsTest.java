package io.expressgateway.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.pkitesting.X509Bundle;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

/** Which handshakes and requests a certificate is right for, whoever chose it. */
class ServerTlsTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");
  private static final X509Bundle SHOP = CERTIFICATES.server("shop.example");

  private final ServerTls tls = ServerTls.of(TestCertificates.spec(SITE, SHOP), null);

  @Test
  void aHandshakeForANameIsRightfulWithTheCertificateOfThatNameOnly() throws Exception {
    assertThat(tls.isRightful(handshake("site.example", "site.example"))).isTrue();
    assertThat(tls.isRightful(handshake("shop.example", "shop.example"))).isTrue();
    assertThat(tls.isRightful(handshake("elsewhere.example", "site.example"))).isTrue();
    // As if the name had been hidden from whoever chose.
    assertThat(tls.isRightful(handshake("shop.example", "site.example"))).isFalse();
  }

  @Test
  void anAuthorityIsServedByItsOwnCertificateWhateverNameWasAskedFor() throws Exception {
    SSLEngine site = handshake("shop.example", "site.example");
    assertThat(tls.serves("site.example:8443", site)).isTrue();
    assertThat(tls.serves("shop.example", site)).isFalse();
  }

  /** A handshake in memory that asks for one name and gets the certificate of another. */
  private SSLEngine handshake(String asked, String chosen) throws SSLException {
    SSLEngine client = CERTIFICATES.trusting(null).createSSLEngine();
    client.setUseClientMode(true);
    SSLParameters parameters = client.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(asked)));
    client.setSSLParameters(parameters);
    SSLEngine server = tls.contextFor(chosen).newEngine(ByteBufAllocator.DEFAULT);
    ByteBuffer toServer = ByteBuffer.allocate(64 * 1024);
    ByteBuffer toClient = ByteBuffer.allocate(64 * 1024);
    for (int turn = 0; turn < 20 && (isBusy(client) || isBusy(server)); turn++) {
      step(client, toClient, toServer);
      step(server, toServer, toClient);
    }
    assertThat(isBusy(server)).isFalse();
    return server;
  }

  private static boolean isBusy(SSLEngine engine) {
    return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
        || engine.getSession().getProtocol().equals("NONE");
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    in.flip();
    engine.unwrap(in, ByteBuffer.allocate(64 * 1024));
    in.compact();
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
    engine.wrap(ByteBuffer.allocate(0), out);
  }
}
