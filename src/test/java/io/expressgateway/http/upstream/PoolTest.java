package io.expressgateway.http.upstream;

import static io.expressgateway.http.fault.FaultyEndpoint.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec.Pool;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.FaultyEndpoint;
import io.expressgateway.http.fault.FaultyEndpoint.Script;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.http.fault.RawClient.Response;
import io.expressgateway.plane.DataPlane.PoolCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reuse, limits and staleness of pooled connections, on the wire. */
class PoolTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static PoolCount pool(Gateway gateway) {
    return gateway.engine().pools().getFirst();
  }

  @Test
  void oneConnectionServesSequentialRequests() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.post("POST", "/", "body").body()).isEqualTo("ok");
      }
      assertThat(endpoint.connections).hasSize(1);
      assertThat(pool(gateway)).matches(count -> count.idle() == 1 && count.active() == 0);
    }
  }

  @Test
  void theConnectionUsedLastIsUsedNext() throws Exception {
    Semaphore answers = new Semaphore(0);
    Script numbered =
        connection -> {
          while (connection.readRequest() != null) {
            answers.acquire();
            connection.send(ok("from " + connection.socket.getPort()));
          }
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(numbered);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient one = new RawClient(gateway.port());
        RawClient two = new RawClient(gateway.port())) {
      one.send(RawClient.head("GET", "/"));
      Await.until("first runs", () -> endpoint.requests.size() == 1);
      two.send(RawClient.head("GET", "/"));
      Await.until("second runs", () -> endpoint.requests.size() == 2);
      answers.release(2);
      one.read(false);
      two.read(false);
      Await.until("both idle", () -> pool(gateway).idle() == 2);
      answers.release(100);
      String last = one.request("GET", "/").body();
      for (int i = 0; i < 5; i++) {
        assertThat(two.request("GET", "/").body()).isEqualTo(last);
      }
    }
  }

  @Test
  void aFullPoolQueuesThenRefuses() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Script slow =
        connection -> {
          while (connection.readRequest() != null) {
            go.await();
            connection.send(ok("ok"));
          }
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(slow);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .pool(new Pool(1, 1, MINUTE, MINUTE))
                .start();
        RawClient first = new RawClient(gateway.port());
        RawClient second = new RawClient(gateway.port())) {
      first.send(RawClient.head("GET", "/1"));
      Await.until("the first runs", () -> endpoint.requests.size() == 1);
      second.send(RawClient.head("GET", "/2"));
      Await.until("the second waits", () -> pool(gateway).pending() == 1);
      Response third = RawClient.get(gateway.port(), "/3");
      assertThat(third.status()).isEqualTo(503);
      assertThat(third.body()).contains("\"why\":\"pool-exhausted\"");
      go.countDown();
      assertThat(first.read(false).body()).isEqualTo("ok");
      assertThat(second.read(false).body()).isEqualTo("ok");
      assertThat(endpoint.connections).hasSize(1);
    }
  }

  @Test
  void waitingForAConnectionTimesOut() throws Exception {
    Script silent =
        connection -> {
          connection.readRequest();
          connection.awaitEnd();
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(silent);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .connectTimeout(Duration.ofMillis(200))
                .pool(new Pool(1, 10, MINUTE, MINUTE))
                .start();
        RawClient first = new RawClient(gateway.port())) {
      first.send(RawClient.head("GET", "/1"));
      Await.until("the first runs", () -> endpoint.requests.size() == 1);
      Response second = RawClient.get(gateway.port(), "/2");
      assertThat(second.status()).isEqualTo(503);
      assertThat(second.body()).contains("\"why\":\"pool-timeout\"");
    }
  }

  @Test
  void aRequestWhoseClientHasGoneLeavesTheQueueAtOnce() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Script slow =
        connection -> {
          while (connection.readRequest() != null) {
            go.await();
            connection.send(ok("ok"));
          }
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(slow);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .connectTimeout(MINUTE)
                .pool(new Pool(1, 1, MINUTE, MINUTE))
                .start();
        RawClient first = new RawClient(gateway.port());
        RawClient leaves = new RawClient(gateway.port());
        RawClient third = new RawClient(gateway.port())) {
      first.send(RawClient.head("GET", "/1"));
      Await.until("the first runs", () -> endpoint.requests.size() == 1);
      leaves.send(RawClient.head("GET", "/gone"));
      Await.until("the second waits", () -> pool(gateway).pending() == 1);
      leaves.reset();
      Await.until("its place is free", () -> pool(gateway).pending() == 0);
      third.send(RawClient.head("GET", "/3"));
      Await.until("the third waits", () -> pool(gateway).pending() == 1);
      go.countDown();
      assertThat(first.read(false).body()).isEqualTo("ok");
      assertThat(third.read(false).body()).isEqualTo("ok");
      assertThat(endpoint.requests).hasSize(2).noneMatch(request -> request.contains("/gone"));
      assertThat(gateway.metrics.failures).containsExactly("client-gone");
    }
  }

  @Test
  void aWaitingRequestGetsANewConnectionWhenTheBusyOneBreaks() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Script breaks =
        connection -> {
          connection.readRequest();
          go.await();
          connection.send(
              FaultyEndpoint.ok("ok").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(breaks);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .pool(new Pool(1, 10, MINUTE, MINUTE))
                .start();
        RawClient first = new RawClient(gateway.port());
        RawClient second = new RawClient(gateway.port())) {
      first.send(RawClient.head("GET", "/1"));
      Await.until("the first runs", () -> endpoint.requests.size() == 1);
      second.send(RawClient.head("GET", "/2"));
      Await.until("the second waits", () -> pool(gateway).pending() == 1);
      go.countDown();
      assertThat(first.read(false).body()).isEqualTo("ok");
      assertThat(second.read(false).body()).isEqualTo("ok");
      assertThat(endpoint.connections).hasSize(2);
    }
  }

  @Test
  void idleConnectionsAreClosed() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .pool(new Pool(10, 10, Duration.ofMillis(100), MINUTE))
                .start()) {
      assertThat(RawClient.get(gateway.port(), "/").body()).isEqualTo("ok");
      Await.until("closed", () -> endpoint.closedByPeer.get() == 1);
      assertThat(pool(gateway).idle()).isZero();
    }
  }

  @Test
  void connectionsAreNotReusedPastTheirLife() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .pool(new Pool(10, 10, MINUTE, Duration.ofNanos(1)))
                .start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").body()).isEqualTo("ok");
      assertThat(client.request("GET", "/").body()).isEqualTo("ok");
      assertThat(endpoint.connections).hasSize(2);
    }
  }

  @Test
  void theKeepAliveHintShortensTheIdleTime() throws Exception {
    Script hinting =
        connection -> {
          while (connection.readRequest() != null) {
            connection.send(
                "HTTP/1.1 200 OK\r\nKeep-Alive: max=5, timeout=1\r\nContent-Length: 0\r\n\r\n");
          }
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(hinting);
        Gateway gateway = Gateway.to(endpoint.port())) {
      assertThat(RawClient.get(gateway.port(), "/").status()).isEqualTo(200);
      Await.until("closed by the gateway", () -> endpoint.closedByPeer.get() == 1);
    }
  }

  @Test
  void manyIdleClosesTeachNoMoreThanOne() throws Exception {
    CountDownLatch together = new CountDownLatch(8);
    CountDownLatch close = new CountDownLatch(1);
    Script closing =
        connection -> {
          connection.readRequest();
          together.countDown();
          together.await();
          connection.send(ok("ok"));
          close.await(2, TimeUnit.SECONDS);
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(closing);
        Gateway gateway = Gateway.to(endpoint.port())) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        clients.add(new RawClient(gateway.port()));
        clients.getLast().send(RawClient.head("GET", "/"));
      }
      for (RawClient client : clients) {
        client.read(false);
      }
      Await.until("all closed after two seconds", () -> pool(gateway).idle() == 0);
      endpoint.script(FaultyEndpoint.WELL_BEHAVED);
      RawClient client = clients.getFirst();
      int before = endpoint.connections.size();
      client.request("GET", "/");
      // Idle for 1.5 s less than a second: what was learned still allows reuse.
      long idleUntil = System.nanoTime() + 500_000_000L;
      Await.until("idle for a while", () -> System.nanoTime() > idleUntil);
      client.request("GET", "/");
      assertThat(endpoint.connections).hasSize(before + 1);
      for (RawClient each : clients) {
        each.close();
      }
    }
  }

  /** Answers the first request of its first connection and closes when the second arrives. */
  private static Script staleOnce(FaultyEndpoint[] self) {
    return connection -> {
      boolean first = self[0].connections.getFirst() == connection;
      while (connection.readRequest() != null) {
        if (first && self[0].requests.size() > 1) {
          return;
        }
        connection.send(ok("ok"));
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE"})
  void aStaleConnectionIsReplacedOnce(String method) throws Exception {
    FaultyEndpoint[] self = new FaultyEndpoint[1];
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(staleOnce(self));
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      self[0] = endpoint;
      assertThat(client.request("GET", "/").body()).isEqualTo("ok");
      assertThat(client.post(method, "/x", "a body").body()).isEqualTo("ok");
      assertThat(gateway.metrics.staleSaves).hasValue(1);
      assertThat(gateway.metrics.failures).isEmpty();
      assertThat(endpoint.requests).hasSize(3);
      assertThat(endpoint.requests.get(2)).isEqualTo(endpoint.requests.get(1)).endsWith("a body");
    }
  }

  @Test
  void aPostIsNotReplayed() throws Exception {
    FaultyEndpoint[] self = new FaultyEndpoint[1];
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(staleOnce(self));
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      self[0] = endpoint;
      assertThat(client.request("GET", "/").body()).isEqualTo("ok");
      assertThat(client.post("POST", "/", "pay").body()).contains("upstream-closed");
      assertThat(gateway.metrics.staleSaves).hasValue(0);
      assertThat(endpoint.requests).hasSize(2);
    }
  }

  @Test
  void aBodyBeyondTheReplayBufferIsNotReplayed() throws Exception {
    FaultyEndpoint[] self = new FaultyEndpoint[1];
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(staleOnce(self));
        Gateway gateway = Gateway.builder().endpoints(endpoint.port()).retry(20, 10).start();
        RawClient client = new RawClient(gateway.port())) {
      self[0] = endpoint;
      assertThat(client.request("GET", "/").body()).isEqualTo("ok");
      assertThat(client.post("PUT", "/", "more than ten bytes").body()).contains("upstream-closed");
      assertThat(gateway.metrics.staleSaves).hasValue(0);
    }
  }

  @Test
  void everyIdempotentRequestSurvivesConnectionsClosedWhileIdle() throws Exception {
    Script oneAnswer =
        connection -> {
          connection.readRequest();
          connection.send(ok("ok"));
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(oneAnswer);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 100; i++) {
        assertThat(client.request("GET", "/" + i).status()).isEqualTo(200);
      }
      assertThat(gateway.metrics.failures).isEmpty();
    }
  }

  /** DESIGN.md, the hang: a pooled connection must not keep its reading switched off. */
  @Test
  void aClientThatLeftAStalledResponseDoesNotHangTheNextRequest() throws Exception {
    byte[] big = new byte[4 << 20];
    Script large =
        connection -> {
          while (connection.readRequest() != null) {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + big.length + "\r\n\r\n");
            connection.out.write(big);
          }
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(large);
        Gateway gateway = Gateway.to(endpoint.port())) {
      for (int i = 0; i < 5; i++) {
        RawClient leaves = new RawClient(gateway.port());
        leaves.send(RawClient.head("GET", "/"));
        leaves.readHead();
        leaves.reset();
        try (RawClient client = new RawClient(gateway.port())) {
          assertThat(client.request("GET", "/").body()).hasSize(big.length);
        }
      }
      Await.until("nothing active", () -> pool(gateway).active() == 0);
    }
  }
}
