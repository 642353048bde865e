package io.expressgateway.http.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.http.AccessLog;
import io.expressgateway.http.ExchangeRecord;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.HttpEngine;
import io.expressgateway.http.HttpEngineOptions;
import io.expressgateway.http.HttpMetrics;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.FaultyEndpoint;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.http.fault.RawClient.Response;
import io.expressgateway.net.HostPort;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.plane.DataPlane.BindFailure;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.Snapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Binding, spreading over loops, caps and drain, on real sockets. */
class ListenerTest {

  private static ListenerSpec listener(
      ListenerSpec spec, String name, String host, int port, int cap) {
    return new ListenerSpec(
        name,
        new HostPort(host, port),
        spec.protocol(),
        cap,
        cap,
        spec.trustedProxies(),
        spec.trustedProxyPattern(),
        spec.forwarding(),
        spec.accessLog(),
        spec.http());
  }

  private static HttpEngine engine(int loops, HttpMetrics metrics) {
    return HttpEngine.create(
        new HttpEngineOptions(loops, "auto"),
        metrics,
        spec -> AccessLog.NONE,
        null,
        new io.expressgateway.filter.FilterRegistry(),
        io.expressgateway.health.HealthListener.NONE);
  }

  private static Snapshot with(Snapshot base, List<ListenerSpec> listeners, Snapshot.Drain drain) {
    return new Snapshot(
        base.version() + 1,
        base.hash(),
        base.loadedAt(),
        listeners,
        base.clusters(),
        base.routes(),
        drain);
  }

  private static int port(DataPlane plane) {
    return plane.listeners().getFirst().address().getPort();
  }

  @Test
  void aBindFailureNamesItsListenerAndLeavesNoneBound() throws Exception {
    int free;
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = probe.getLocalPort();
    }
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Snapshot base = Gateway.builder().endpoints(1).snapshot();
      ListenerSpec spec = base.listeners().getFirst();
      Snapshot both =
          with(
              base,
              List.of(
                  listener(spec, "first", "127.0.0.1", free, 10),
                  listener(spec, "second", "127.0.0.1", taken.getLocalPort(), 10)),
              base.drain());
      try (HttpEngine engine = engine(2, HttpMetrics.NONE)) {
        assertThatThrownBy(() -> engine.start(both))
            .isInstanceOfSatisfying(
                BindFailure.class,
                failure -> {
                  assertThat(failure.listener()).isEqualTo("second");
                  assertThat(failure.getCause()).isNotNull();
                });
        // A plain bind, without SO_REUSEPORT, fails while the first still listens.
        try (ServerSocket again = new ServerSocket(free, 1, InetAddress.getLoopbackAddress())) {
          assertThat(again.isBound()).isTrue();
        }
      }
    }
  }

  @Test
  void anAddressOfAnotherMachineIsNamed() {
    // 192.0.2.0/24 is for documentation (RFC 5737): no interface has it.
    assertThatThrownBy(() ->
            Gateway.builder().listener(spec -> listener(spec, "edge", "192.0.2.1", 0, 10)).start())
        .isInstanceOfSatisfying(
            BindFailure.class, failure -> assertThat(failure.listener()).isEqualTo("edge"));
  }

  @Test
  void aNameThatDoesNotResolveIsNamed() {
    // RFC 6761 section 6.4: .invalid never resolves.
    assertThatThrownBy(() ->
            Gateway.builder()
                .listener(spec -> listener(spec, "edge", "nowhere.invalid", 0, 10))
                .start())
        .isInstanceOf(BindFailure.class)
        .hasMessage("cannot resolve nowhere.invalid");
  }

  @Test
  void theWildcardIsReportedAsItWasAskedFor() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .listener(spec -> listener(spec, "web", "0.0.0.0", 0, 10))
                .start()) {
      assertThat(gateway.engine().listeners().getFirst().address().getAddress().getHostAddress())
          .isEqualTo("0.0.0.0");
      assertThat(RawClient.get(gateway.port(), "/").body()).isEqualTo("ok");
    }
  }

  @Test
  void connectionsSpreadOverTheLoopsAndStayOnTheirs() throws Exception {
    Set<Integer> loops = ConcurrentHashMap.newKeySet();
    List<Integer> perRequest = java.util.Collections.synchronizedList(new ArrayList<>());
    HttpMetrics metrics =
        new HttpMetrics() {
          @Override
          public void onExchangeEnd(ExchangeRecord exchange) {
            loops.add(exchange.loop());
            perRequest.add(exchange.loop());
          }
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        HttpEngine engine = engine(2, metrics)) {
      engine.start(Gateway.builder().endpoints(endpoint.port()).snapshot());
      // The kernel hashes addresses and ports; all of 200 on one side is a chance of 2^-199.
      for (int i = 0; i < 200 && loops.size() < 2; i++) {
        assertThat(RawClient.get(port(engine), "/").status()).isEqualTo(200);
      }
      Await.until("both loops serve", () -> loops.size() == 2);
      assertThat(loops).containsExactlyInAnyOrder(0, 1);
      Await.until("all ended", () -> engine.ledger().completed() == engine.ledger().accepted());
      perRequest.clear();
      try (RawClient client = new RawClient(port(engine))) {
        for (int i = 0; i < 5; i++) {
          client.request("GET", "/");
        }
      }
      Await.until("five ended", () -> perRequest.size() == 5);
      assertThat(perRequest).containsOnly(perRequest.getFirst());
    }
  }

  @Test
  void capsHoldOverAllLoopsAndFollowTheSnapshot() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        HttpEngine engine = engine(2, HttpMetrics.NONE)) {
      Snapshot base = Gateway.builder().endpoints(endpoint.port()).snapshot();
      ListenerSpec spec = base.listeners().getFirst();
      engine.start(with(base, List.of(listener(spec, "web", "127.0.0.1", 0, 2)), base.drain()));
      try (RawClient one = new RawClient(port(engine));
          RawClient two = new RawClient(port(engine))) {
        assertThat(one.request("GET", "/").status()).isEqualTo(200);
        assertThat(two.request("GET", "/").status()).isEqualTo(200);
        try (RawClient three = new RawClient(port(engine))) {
          assertThat(isEnded(three)).isTrue();
        }
        engine.publish(with(base, List.of(listener(spec, "web", "127.0.0.1", 0, 3)), base.drain()));
        Await.until(
            "a third is let in",
            () -> {
              try (RawClient three = new RawClient(port(engine))) {
                return three.request("GET", "/").status() == 200;
              } catch (IOException closed) {
                return false;
              }
            });
        assertThat(one.request("GET", "/").status()).isEqualTo(200);
      }
      Await.until("all places are free", () -> engine.listeners().getFirst().connections() == 0);
    }
  }

  @Test
  void withoutJitterIdleConnectionsLeaveAtOnce() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        HttpEngine engine = engine(2, HttpMetrics.NONE)) {
      engine.start(Gateway.builder().endpoints(endpoint.port()).snapshot());
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        RawClient client = new RawClient(port(engine));
        assertThat(client.request("GET", "/").status()).isEqualTo(200);
        clients.add(client);
      }
      engine.beginDrain();
      for (RawClient client : clients) {
        assertThat(isEnded(client)).isTrue();
        client.close();
      }
    }
  }

  @Test
  void withJitterAnIdleConnectionMayServeOnceMoreAndIsToldToLeave() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        HttpEngine engine = engine(1, HttpMetrics.NONE)) {
      Snapshot base = Gateway.builder().endpoints(endpoint.port()).snapshot();
      // Spread over a year, so that no connection's turn comes during the test.
      engine.start(
          with(
              base,
              base.listeners(),
              new Snapshot.Drain(Duration.ZERO, Duration.ofDays(365), 1.0)));
      try (RawClient idle = new RawClient(port(engine))) {
        assertThat(idle.request("GET", "/").header("connection")).isEmpty();
        engine.beginDrain();
        Await.until(
            "the loop drains",
            () -> RawClient.get(port(engine), "/").header("connection").equals("close"));
        assertThat(engine.listeners().getFirst().connections()).isPositive();
        Response last = idle.request("GET", "/");
        assertThat(last.status()).isEqualTo(200);
        assertThat(last.header("connection")).isEqualTo("close");
        assertThat(isEnded(idle)).isTrue();
      }
    }
  }

  private static boolean isEnded(RawClient client) {
    try {
      return client.in.read() < 0;
    } catch (IOException reset) {
      return true;
    }
  }
}
