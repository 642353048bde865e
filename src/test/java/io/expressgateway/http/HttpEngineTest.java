package io.expressgateway.http;

import static io.expressgateway.http.fault.FaultyEndpoint.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.FaultyEndpoint;
import io.expressgateway.http.fault.FaultyEndpoint.Script;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.http.fault.RawClient.Response;
import io.expressgateway.plane.DataPlane;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's life: start, new snapshots, health, drain, end. */
class HttpEngineTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private static Script named(String name) {
    return connection -> {
      while (connection.readRequest() != null) {
        connection.send(ok(name));
      }
    };
  }

  @Test
  void twoLoopsShareOneFreePort() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway = Gateway.builder().endpoints(endpoint.port()).loops(2).start()) {
      assertThat(gateway.port()).isPositive();
      assertThat(gateway.engine().eventLoops()).isEqualTo(2);
      assertThat(gateway.engine().transport()).isIn("epoll", "nio");
      for (int i = 0; i < 40; i++) {
        assertThat(RawClient.get(gateway.port(), "/").body()).isEqualTo("ok");
      }
      Await.until("completed", () -> gateway.engine().ledger().completed() == 40);
      assertThat(gateway.engine().listeners().getFirst().name()).isEqualTo("web");
      assertThat(gateway.engine().snapshot()).isNotNull();
    }
  }

  @Test
  void countsTheRoutesThatNoIndexFindsInWhatServesNow() {
    Gateway.Builder routes =
        Gateway.builder()
            .endpoints(1)
            .route("literal", List.of("Path=/a/**"), List.of(), Map.of())
            .route("any", List.of("Method=GET"), List.of(), Map.of());
    try (Gateway gateway = routes.start()) {
      assertThat(gateway.engine().unindexedRoutes()).isEqualTo(1);
      routes.route("other", List.of(), List.of(), Map.of());
      gateway.engine().publish(routes.snapshot());
      assertThat(gateway.engine().unindexedRoutes()).isEqualTo(2);
    }
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      assertThatThrownBy(() -> Gateway.builder().port(taken.getLocalPort()).start())
          .isInstanceOfSatisfying(
              DataPlane.BindFailure.class,
              failure -> assertThat(failure.listener()).isEqualTo("web"))
          .hasMessageContaining("use");
    }
  }

  @Test
  void aNewSnapshotServesWithoutAFailedRequest() throws Exception {
    try (FaultyEndpoint stays = FaultyEndpoint.start(named("stays"));
        FaultyEndpoint leaves = FaultyEndpoint.start(named("leaves"));
        Gateway gateway =
            Gateway.builder().endpoints(stays.port(), leaves.port()).loops(2).start()) {
      Endpoint kept = gateway.engine().clusters().getFirst().endpoints().getFirst();
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger bad = new AtomicInteger();
      AtomicInteger good = new AtomicInteger();
      List<Thread> traffic = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        traffic.add(
            Thread.ofPlatform()
                .daemon()
                .start(() -> {
                  try (RawClient client = new RawClient(gateway.port())) {
                    for (int n = 0; !over.get(); n++) {
                      Response got = client.request("GET", "/");
                      (got.status() == 200 ? good : bad).incrementAndGet();
                      if (n == 900) {
                        return;
                      }
                    }
                  } catch (java.io.IOException e) {
                    bad.incrementAndGet();
                  }
                }));
      }
      for (int i = 0; i < 10; i++) {
        int reached = good.get() + 20;
        Await.until("traffic", () -> good.get() >= reached || !traffic.getFirst().isAlive());
        gateway.engine().publish(Gateway.builder().endpoints(stays.port()).snapshot());
        gateway
            .engine()
            .publish(Gateway.builder().endpoints(stays.port(), leaves.port()).snapshot());
      }
      gateway.engine().publish(Gateway.builder().endpoints(stays.port()).snapshot());
      over.set(true);
      for (Thread each : traffic) {
        each.join();
      }
      assertThat(bad).hasValue(0);
      Await.until(
          "the pools of the endpoint that left are gone",
          () -> leaves.closedByPeer.get() == leaves.connections.size());
      assertThat(gateway.engine().clusters().getFirst().endpoints()).containsExactly(kept);
      assertThat(RawClient.get(gateway.port(), "/").body()).isEqualTo("stays");
      assertThat(gateway.metrics.failures).isEmpty();
    }
  }

  @Test
  void drainEndsIdleConnectionsNowAndBusyOnesAfterTheirResponse() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Script slow =
        connection -> {
          while (connection.readRequest() != null) {
            if (!go.await(10, java.util.concurrent.TimeUnit.SECONDS)) {
              return;
            }
            connection.send(ok("ok"));
          }
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(slow);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient idle = new RawClient(gateway.port());
        RawClient busy = new RawClient(gateway.port())) {
      busy.send(RawClient.head("GET", "/"));
      Await.until("busy", () -> endpoint.requests.size() == 1);
      Await.until(
          "both connected", () -> gateway.engine().listeners().getFirst().connections() == 2);
      gateway.engine().beginDrain();
      assertThat(idle.in.read()).isEqualTo(-1);
      assertThat(gateway.engine().awaitIdle(Duration.ofMillis(50))).isFalse();
      go.countDown();
      Response last = busy.read(false);
      assertThat(last.header("connection")).isEqualTo("close");
      assertThat(last.body()).isEqualTo("ok");
      assertThat(busy.in.read()).isEqualTo(-1);
      busy.socket.close();
      assertThat(gateway.engine().awaitIdle(Duration.ofSeconds(10))).isTrue();
    }
  }

  @Test
  void closeEndsRunningExchanges() throws Exception {
    Script silent =
        connection -> {
          connection.readRequest();
          connection.awaitEnd();
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(silent);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("GET", "/"));
      Await.until("running", () -> endpoint.requests.size() == 1);
      gateway.engine().close();
      assertThatThrownBy(
              () -> {
                if (client.in.read() < 0) {
                  throw new java.io.EOFException();
                }
              })
          .isInstanceOf(java.io.IOException.class);
      Await.until("the endpoint sees it", () -> endpoint.closedByPeer.get() == 1);
      assertThat(gateway.metrics.failures).containsExactly("shutdown");
      assertThat(gateway.engine().ledger()).isEqualTo(new DataPlane.Ledger(1, 0, 0, 1));
      gateway.engine().close();
      assertThat(gateway.engine().pools()).hasSize(1);
    }
  }

  // ---------------------------------------------------------------- health

  private static ClusterSpec.HealthCheck check(String type) {
    return new ClusterSpec.HealthCheck(
        type, "/health", Duration.ofMillis(100), Duration.ofSeconds(1), 1, 1, 200, 299, null);
  }

  private static final ClusterSpec.Outlier NO_EJECTION =
      new ClusterSpec.Outlier(false, false, 5, LONG, 50, 0);

  private static Endpoint first(Gateway gateway) {
    Cluster cluster = gateway.engine().clusters().getFirst();
    return cluster.endpoints().getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "tcp"})
  void anEndpointGoesDownAndComesBack(String type) throws Exception {
    FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
    int port = endpoint.port();
    try (Gateway gateway =
        Gateway.builder().endpoints(port).healthCheck(check(type)).outlier(NO_EJECTION).start()) {
      Await.until("healthy", () -> first(gateway).health() == Endpoint.Health.HEALTHY);
      if (type.equals("http")) {
        assertThat(endpoint.requests.getFirst())
            .startsWith("GET /health HTTP/1.1\r\nHost: 127.0.0.1:" + port);
        endpoint.script(connection -> {
          connection.readRequest();
          connection.send("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
        });
      } else {
        endpoint.close();
      }
      Await.until("unhealthy", () -> first(gateway).health() == Endpoint.Health.UNHEALTHY);
      assertThat(RawClient.get(gateway.port(), "/").body()).contains("no-healthy-endpoint");
      if (type.equals("http")) {
        endpoint.script(FaultyEndpoint.WELL_BEHAVED);
      } else {
        endpoint = FaultyEndpoint.start(port, FaultyEndpoint.WELL_BEHAVED);
      }
      Await.until("healthy again", () -> first(gateway).health() == Endpoint.Health.HEALTHY);
      assertThat(RawClient.get(gateway.port(), "/").body()).isEqualTo("ok");
    } finally {
      endpoint.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"no http at all\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP", ""})
  void aCheckThatIsNotAnsweredWellFails(String answer) throws Exception {
    Script odd =
        connection -> {
          connection.readRequest();
          connection.send(answer);
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(odd);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .healthCheck(check("http"))
                .outlier(NO_EJECTION)
                .start()) {
      Await.until("unhealthy", () -> first(gateway).health() == Endpoint.Health.UNHEALTHY);
      // A reload without checks forgets the verdict.
      gateway.engine().publish(Gateway.builder().endpoints(endpoint.port()).snapshot());
      assertThat(first(gateway).health()).isEqualTo(Endpoint.Health.UNKNOWN);
    }
  }

  @Test
  void failuresOfLiveTrafficEjectAndTimeReadmits() throws Exception {
    Script failing =
        connection -> {
          while (connection.readRequest() != null) {
            connection.send("HTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\nbad");
          }
        };
    try (FaultyEndpoint bad = FaultyEndpoint.start(failing);
        FaultyEndpoint good = FaultyEndpoint.start(named("good"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(bad.port(), good.port())
                .outlier(new ClusterSpec.Outlier(true, false, 3, Duration.ofMillis(500), 50, 0))
                .start();
        RawClient client = new RawClient(gateway.port())) {
      Await.until(
          "ejected",
          () -> {
            client.request("GET", "/");
            return first(gateway).isEjected();
          });
      for (int i = 0; i < 5; i++) {
        assertThat(client.request("GET", "/").body()).isEqualTo("good");
      }
      Await.until("readmitted", () -> !first(gateway).isEjected());
    }
  }

  @Test
  void aDrainedEndpointGetsNothingNew() throws Exception {
    try (FaultyEndpoint a = FaultyEndpoint.start(named("a"));
        FaultyEndpoint b = FaultyEndpoint.start(named("b"));
        Gateway gateway = Gateway.to(a.port(), b.port());
        RawClient client = new RawClient(gateway.port())) {
      first(gateway).draining(true);
      for (int i = 0; i < 6; i++) {
        assertThat(client.request("GET", "/").body()).isEqualTo("b");
      }
      first(gateway).draining(false);
      Await.until("back", () -> client.request("GET", "/").body().equals("a"));
    }
  }

  @Test
  void whenNearlyAllAreDownAllAreUsedAgain() throws Exception {
    Script sickButServing =
        connection -> {
          String head;
          while ((head = connection.readRequest()) != null) {
            connection.send(
                head.startsWith("GET /health")
                    ? "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
                    : ok("sick"));
          }
        };
    try (FaultyEndpoint a = FaultyEndpoint.start(sickButServing);
        FaultyEndpoint b = FaultyEndpoint.start(sickButServing);
        FaultyEndpoint well = FaultyEndpoint.start(named("well"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(a.port(), b.port(), well.port())
                .healthCheck(check("http"))
                .start();
        RawClient client = new RawClient(gateway.port())) {
      Await.until("panic", () -> gateway.engine().clusters().getFirst().isPanicking());
      Await.until("used again", () -> client.request("GET", "/").body().equals("sick"));
    }
  }
}
