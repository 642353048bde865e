package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.tls.Link;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that has said its last request and the end of its side, and waits for the answer. */
@Timeout(60)
class EndOfTlsTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("test");
  private static final byte[] LAST =
      "GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final CountDownLatch ended = new CountDownLatch(1);

  private RawEndpoint endpoint() throws Exception {
    return RawEndpoint.scripted(request -> {
      ended.await(20, TimeUnit.SECONDS);
      request.ok("hello");
    });
  }

  private void finish(Link link) throws Exception {
    link.stream().getOutputStream().write(LAST);
    link.stream().getOutputStream().flush();
    link.finish();
  }

  @Test
  void isAnsweredInClearText() throws Exception {
    try (RawEndpoint endpoint = endpoint();
        Gateway gateway = Gateway.builder().endpoints(endpoint.port()).start();
        Link link = Link.connect(gateway.port())) {
      finish(link);
      ended.countDown();
      assertThat(new String(link.stream().getInputStream().readAllBytes())).endsWith("hello");
    }
  }

  /** BoringSSL sends nothing behind a close_notify: nobody is to believe that the client got it. */
  @Test
  void hasGoneUnderTls() throws Exception {
    try (RawEndpoint endpoint = endpoint();
        Gateway gateway =
            Gateway.builder().endpoints(endpoint.port()).tls(TestCertificates.spec(SITE)).start();
        Link link = Link.secured(CERTIFICATES, gateway.port(), "test", "http/1.1")) {
      finish(link);
      Await.until("gone", () -> gateway.metrics.failures.contains("client-gone"));
      ended.countDown();
      assertThat(gateway.engine().ledger().completed()).isZero();
    }
  }
}
