package io.expressgateway.http.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawClient;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.tls.Link;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Certificates that are swapped again and again below connections that are busy. */
class CertificateReloadUnderLoadTest {

  private static final int SWAPS = 25;
  private static final int CLIENTS = 4;

  private final TestCertificates certificates = new TestCertificates();
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger handshakes = new AtomicInteger();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final List<Thread> clients = new ArrayList<>();

  private void keepDoing(Callable<?> work) {
    clients.add(
        Thread.ofVirtual()
            .start(() -> {
              try {
                while (!isOver.get()) {
                  work.call();
                }
              } catch (Throwable failed) {
                failures.add(failed);
              }
            }));
  }

  /** No connection is asked to leave for what it has asked. */
  private static HttpLimits manyRequests(HttpLimits base) {
    return new HttpLimits(
        base.headerTimeout(),
        base.bodyIdleTimeout(),
        base.minBodyRate(),
        base.writeStallTimeout(),
        base.responseTimeout(),
        base.keepAliveTimeout(),
        Integer.MAX_VALUE,
        base.maxHeaderBytes(),
        base.maxHeaderFields(),
        base.maxBodyBytes(),
        base.maxPipelined(),
        base.underscoreHeaders());
  }

  private Link connect(Gateway gateway) throws IOException {
    return Link.secured(certificates, gateway.port(), "site.example", "http/1.1");
  }

  private Object ask(RawClient client) throws IOException {
    RawClient.Response answer = client.get("/").read();
    assertThat(answer.status()).isEqualTo(200);
    return requests.incrementAndGet();
  }

  /** HTTP/2 by ALPN, ten requests at a time on one connection. */
  private Object askOverHttp2(HttpClient client, URI uri) {
    List<java.util.concurrent.CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      answers.add(client.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()));
    }
    for (var answer : answers) {
      assertThat(answer.join().statusCode()).isEqualTo(200);
      assertThat(answer.join().version()).isEqualTo(HttpClient.Version.HTTP_2);
      requests.incrementAndGet();
    }
    return requests;
  }

  private Object handshake(Gateway gateway) throws IOException {
    try (Link link = connect(gateway)) {
      ask(new RawClient(link.stream()));
    }
    return handshakes.incrementAndGet();
  }

  private X509Bundle swap(Gateway gateway, int number) {
    X509Bundle next = certificates.server("site.example", "gateway.test", "v" + number + ".test");
    Snapshot now = gateway.engine().snapshot();
    gateway
        .engine()
        .publish(
            new Snapshot(
                now.version() + 1,
                "swap " + number,
                now.loadedAt(),
                List.of(
                    SecureClient.secure(now.listeners().getFirst(), TestCertificates.spec(next))),
                now.clusters(),
                now.routes(),
                now.drain()));
    return next;
  }

  @Test
  void loseNoRequestAndShowTheNewestCertificate() throws Exception {
    X509Bundle first = certificates.server("site.example", "gateway.test");
    List<Link> kept = new ArrayList<>();
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .loops(2)
                .limits(CertificateReloadUnderLoadTest::manyRequests)
                .tls(TestCertificates.spec(first))
                .start();
        HttpClient http2 =
            HttpClient.newBuilder().sslContext(certificates.trusting(null)).build()) {
      for (int i = 0; i < CLIENTS; i++) {
        Link link = connect(gateway);
        kept.add(link);
        RawClient client = new RawClient(link.stream());
        keepDoing(() -> ask(client));
      }
      URI uri = URI.create("https://127.0.0.1:" + gateway.port() + "/");
      keepDoing(() -> askOverHttp2(http2, uri));
      keepDoing(() -> handshake(gateway));

      for (int i = 0; i < SWAPS; i++) {
        int asked = requests.get();
        int shaken = handshakes.get();
        X509Bundle newest = swap(gateway, i);
        // A handshake that begins behind the swap shows what was swapped in.
        try (Link link = connect(gateway)) {
          assertThat(((SSLSocket) link.stream()).getSession().getPeerCertificates()[0])
              .isEqualTo(newest.getCertificate());
        }
        Await.until(
            "requests and handshakes go on",
            () ->
                !failures.isEmpty() || (requests.get() > asked + 20 && handshakes.get() > shaken));
      }
      isOver.set(true);
      for (Thread client : clients) {
        client.join();
      }

      assertThat(failures).isEmpty();
      for (Link link : kept) {
        // The handshake of the beginning: nobody had to connect again.
        assertThat(((SSLSocket) link.stream()).getSession().getPeerCertificates()[0])
            .isEqualTo(first.getCertificate());
      }
      Await.until(
          "every exchange is told", () -> gateway.engine().ledger().completed() == requests.get());
      assertThat(gateway.metrics.failures).isEmpty();
      assertThat(gateway.metrics.security).isEmpty();
      assertThat(gateway.metrics.contained).isEmpty();
    } finally {
      isOver.set(true);
      for (Link link : kept) {
        link.close();
      }
    }
  }
}
