package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawClient;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** How connections are asked to leave: by a drain, and by age. */
class Http2DrainTest {

  /** RFC 9113 section 6.8: a first GOAWAY that refuses nothing, a second that names the last. */
  static void leavesGracefully(RawHttp2 client, CountDownLatch answer) throws Exception {
    RawHttp2.Frame first = client.await(RawHttp2.GOAWAY);
    assertThat(first.number(0)).isEqualTo(Integer.MAX_VALUE);
    assertThat(first.number(4)).isZero();
    // This request crossed the first GOAWAY, as far as the gateway can know.
    client.request(3, "GET", true).send();
    RawHttp2.Frame second = client.await(RawHttp2.GOAWAY);
    assertThat(second.number(0)).isEqualTo(3);
    assertThat(second.number(4)).isZero();
    answer.countDown();
    int answered = 0;
    while (answered < 2) {
      answered += client.await(RawHttp2.DATA).payload().length > 0 ? 1 : 0;
    }
    assertThat(client.isEnded()).isTrue();
  }

  @Test
  void aDrainSaysGoAwayTwiceAndLosesNoRequest() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              answer.await();
              request.ok("hello");
            });
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().request(1, "GET", true).send();
      Await.until("it is under way", () -> endpoint.requests().size() == 1);
      gateway.engine().beginDrain();
      leavesGracefully(client, answer);
      assertThat(gateway.engine().ledger().completed()).isEqualTo(2);
    }
  }

  @Test
  void aConnectionPastItsAgeSaysGoAwayTwiceAndLosesNoRequest() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    long began = System.nanoTime();
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              answer.await();
              request.ok("hello");
            });
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .maxConnectionAge(Duration.ofMillis(500))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().request(1, "GET", true).send();
      leavesGracefully(client, answer);
      assertThat(System.nanoTime() - began).isGreaterThan(Duration.ofMillis(400).toNanos());
    }
  }

  @Test
  void anHttp1ConnectionPastItsAgeIsClosedBehindItsNextResponse() throws Exception {
    // Before the connection there is: on a busy machine it is old already when it is spoken on.
    long began = System.nanoTime();
    try (RawEndpoint endpoint = RawEndpoint.echoingTarget();
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .maxConnectionAge(Duration.ofMillis(300))
                .start();
        RawClient client = new RawClient(gateway.port())) {
      RawClient.Response answer = client.get("/").read();
      while (answer.header("Connection") == null) {
        // In so short a life there are fewer requests than a connection may serve.
        Thread.sleep(2);
        answer = client.get("/").read();
      }
      assertThat(answer.header("Connection")).isEqualTo("close");
      assertThat(answer.body()).isEqualTo("/");
      assertThat(System.nanoTime() - began).isGreaterThan(Duration.ofMillis(230).toNanos());
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void withoutAnAgeNobodyIsAskedToLeave() throws Exception {
    assertThat(HttpLimits.DEFAULTS.maxConnectionAge()).isZero();
  }

  @Test
  void aDrainWithSpreadAsksEachIdleConnectionAtATimeOfItsOwn() throws Exception {
    List<RawHttp2> clients = new ArrayList<>();
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway =
            Gateway.builder().endpoints(endpoint.port()).drainJitter(0.4).loops(2).start()) {
      for (int i = 0; i < 10; i++) {
        RawHttp2 client = new RawHttp2(gateway.port());
        clients.add(client);
        client.settings().request(1, "GET", true).send();
        assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(1);
      }
      long began = System.nanoTime();
      gateway.engine().beginDrain();
      long[] millis = new long[clients.size()];
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < millis.length; i++) {
        int at = i;
        readers.add(
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    clients.get(at).await(RawHttp2.GOAWAY);
                    millis[at] = (System.nanoTime() - began) / 1_000_000;
                  } catch (java.io.IOException e) {
                    millis[at] = Long.MAX_VALUE;
                  }
                }));
      }
      for (Thread reader : readers) {
        reader.join();
      }
      // 40 % of five seconds; ten uniform draws all within 300 ms happen once in a billion.
      assertThat(java.util.Arrays.stream(millis).max().getAsLong()).isBetween(300L, 3000L);
    } finally {
      for (RawHttp2 client : clients) {
        client.close();
      }
    }
  }

  @Test
  void requestsOfManyConnectionsAreServedOnSeveralLoops() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = Gateway.builder().endpoints(endpoint.port()).loops(4).start()) {
      List<RawHttp2> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        clients.add(new RawHttp2(gateway.port()).settings());
      }
      for (int round = 0; round < 5; round++) {
        for (RawHttp2 client : clients) {
          client.request(1 + 2 * round, "GET", true).send();
        }
        for (RawHttp2 client : clients) {
          assertThat(client.await(RawHttp2.HEADERS).stream()).isEqualTo(1 + 2 * round);
        }
      }
      for (RawHttp2 client : clients) {
        client.close();
      }
      Await.until("every exchange ends", () -> gateway.engine().ledger().completed() == 100);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
