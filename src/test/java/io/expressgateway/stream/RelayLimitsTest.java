package io.expressgateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.cluster.Endpoint;
import io.expressgateway.config.Fixture;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.grpc.GrpcEndpoint;
import io.expressgateway.plane.DataPlane.Ledger;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Times, caps, picks and drains of relays. */
class RelayLimitsTest {

  private static void assertEnds(Relays relays, FlowEnd end) throws Exception {
    Await.until("the flow ends", () -> relays.ended.size() == 1);
    assertThat(relays.ended.getFirst().end()).isEqualTo(end);
    assertThat(relays.contained).isEmpty();
  }

  /** An end would say that whatever is under way is complete. */
  private static void assertReset(Socket peer) {
    assertThatThrownBy(
            () -> {
              while (peer.getInputStream().read() >= 0) {}
            })
        .isInstanceOf(SocketException.class);
  }

  @Test
  void aFlowInWhichNothingMovesEnds() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("relay: { idle-timeout: 300ms }", "", peer.port());
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(endpoint.getInputStream().read()).isEqualTo(-1);
      assertEnds(relays, FlowEnd.IDLE);
    }
  }

  @Test
  void aFlowInWhichBytesMoveIsNotIdleButHasALifetime() throws Exception {
    try (Peer peer = new Peer();
        Relays relays =
            Relays.tcp("relay: { idle-timeout: 2s, max-lifetime: 1s }", "", peer.port());
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      int answers = 0;
      try {
        while (true) {
          client.getOutputStream().write(1);
          assertThat(endpoint.getInputStream().read()).as("no end in the middle").isEqualTo(1);
          answers++;
        }
      } catch (IOException reset) {
        // The relay has broken it off.
      }
      assertThat(answers).isPositive();
      assertEnds(relays, FlowEnd.LIFETIME);
    }
  }

  @Test
  void aPeerThatTakesNothingEndsTheFlow() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("relay: { write-stall-timeout: 500ms }", "", peer.port());
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      assertThat(endpoint.isConnected()).isTrue();
      try {
        byte[] piece = new byte[64 * 1024];
        while (true) {
          client.getOutputStream().write(piece);
        }
      } catch (IOException closed) {
        // The endpoint never read.
      }
      assertEnds(relays, FlowEnd.ENDPOINT_STALLED);
    }
  }

  @Test
  void anEndpointThatDoesNotAcceptTimesOut() throws Exception {
    // A full backlog: the kernel answers no further connection.
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Socket> filling = new ArrayList<>();
      try {
        while (true) {
          Socket one = new Socket();
          filling.add(one);
          one.connect(full.getLocalSocketAddress(), 300);
        }
      } catch (IOException filled) {
        // That is what was wanted.
      }
      try (Relays relays = Relays.tcp("", "connect-timeout: 300ms", full.getLocalPort());
          Socket client = relays.connect()) {
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertEnds(relays, FlowEnd.CONNECT_TIMEOUT);
        assertThat(relays.cluster().endpoints().getFirst().failures()).isEqualTo(1);
        assertThat(relays.cluster().endpoints().getFirst().active()).isZero();
        assertThat(relays.cluster().endpoints().getFirst().connections()).isZero();
      } finally {
        for (Socket one : filling) {
          one.close();
        }
      }
    }
  }

  @Test
  void aClientThatLeavesWhileConnectingIsForgotten() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Socket> filling = new ArrayList<>();
      try {
        while (true) {
          Socket one = new Socket();
          filling.add(one);
          one.connect(full.getLocalSocketAddress(), 300);
        }
      } catch (IOException filled) {
        // That is what was wanted.
      }
      try (Relays relays = Relays.tcp("", "connect-timeout: 60s", full.getLocalPort())) {
        try (Socket client = relays.connect()) {
          Await.until("accepted", () -> relays.ledger().accepted() == 1);
          client.setSoLinger(true, 0);
        }
        assertEnds(relays, FlowEnd.CLIENT_GONE);
        assertThat(relays.engine.isIdle()).isTrue();
        assertThat(relays.cluster().endpoints().getFirst().active()).isZero();
        assertThat(relays.cluster().endpoints().getFirst().failures()).isZero();
      } finally {
        for (Socket one : filling) {
          one.close();
        }
      }
    }
  }

  @Test
  void connectionsBeyondTheCapsAreClosedAndPlacesComeBack() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("max-connections: 2", "", peer.port())) {
      try (Socket first = relays.connect();
          Socket second = relays.connect()) {
        assertThat(first.isConnected() && second.isConnected()).isTrue();
        Await.until("both are in", () -> relays.ledger().accepted() == 2);
        try (Socket third = relays.connect()) {
          assertThat(third.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(relays.security).containsExactly("connection-caps:close");
        peer.next().close();
        peer.next().close();
      }
      Await.until("places are free", () -> relays.engine.isIdle());
      try (Socket again = relays.connect()) {
        again.getOutputStream().write(1);
        assertThat(peer.next().getInputStream().read()).isEqualTo(1);
      }
      assertThat(relays.ledger().accepted()).isEqualTo(3);
    }
  }

  @Test
  void oneAddressAlwaysFindsItsEndpoint() throws Exception {
    try (Peer a = new Peer();
        Peer b = new Peer();
        Peer c = new Peer();
        Relays relays = Relays.tcp("", "balancer: maglev", a.port(), b.port(), c.port())) {
      for (int i = 0; i < 6; i++) {
        try (Socket client = relays.connect()) {
          client.shutdownOutput();
          Await.until("connected", () -> a.hasNext() || b.hasNext() || c.hasNext());
          for (Peer each : List.of(a, b, c)) {
            if (each.hasNext()) {
              each.next().close();
            }
          }
        }
      }
      Await.until("all have ended", () -> relays.ended.size() == 6);
      Set<String> endpoints = new HashSet<>();
      relays.ended.forEach(flow -> endpoints.add(flow.endpoint()));
      assertThat(endpoints).hasSize(1);
    }
  }

  @Test
  void aFailingEndpointIsEjected() throws Exception {
    int refusing = Peer.refusing();
    try (Peer peer = new Peer();
        Relays relays =
            Relays.tcp(
                "", "outlier-ejection: { consecutive-failures: 2 }", refusing, peer.port())) {
      for (int i = 0; i < 8; i++) {
        try (Socket client = relays.connect();
            Socket endpoint = peer.next()) {
          client.getOutputStream().write(1);
          assertThat(endpoint.getInputStream().read()).isEqualTo(1);
        }
      }
      assertThat(relays.cluster().endpoint("127.0.0.1:" + refusing).isEjected()).isTrue();
      assertThat(relays.retries.size()).isLessThan(8);
    }
  }

  @Test
  void anActiveCheckTakesAnEndpointOut() throws Exception {
    try (Peer peer = new Peer();
        Relays relays =
            Relays.tcp(
                "",
                "health-check: { type: tcp, interval: 50ms, unhealthy-threshold: 1 }",
                Peer.refusing(),
                peer.port())) {
      Await.until(
          "the check has failed",
          () -> relays.cluster().endpoints().getFirst().health() == Endpoint.Health.UNHEALTHY);
      for (int i = 0; i < 4; i++) {
        // The check's own connections are among those that the endpoint sees.
        try (Socket client = relays.connect()) {
          client.getOutputStream().write(1);
          Socket endpoint = peer.next();
          while (endpoint.getInputStream().read() != 1) {
            endpoint = peer.next();
          }
          endpoint.close();
        }
      }
      assertThat(relays.retries).isEmpty();
    }
  }

  @Test
  void aGrpcCheckTakesAnEndpointOutAndBack() throws Exception {
    HealthStatusManager first = new HealthStatusManager();
    HealthStatusManager second = new HealthStatusManager();
    first.setStatus("", ServingStatus.NOT_SERVING);
    try (GrpcEndpoint one = GrpcEndpoint.serving(first.getHealthService());
        GrpcEndpoint two = GrpcEndpoint.serving(second.getHealthService());
        Relays relays =
            Relays.tcp(
                "",
                "health-check: { type: grpc, interval: 50ms, unhealthy-threshold: 1,"
                    + " healthy-threshold: 1 }",
                one.port(),
                two.port())) {
      Endpoint checked = relays.cluster().endpoints().getFirst();
      Await.until("it is out", () -> checked.health() == Endpoint.Health.UNHEALTHY);
      for (int i = 0; i < 4; i++) {
        try (Socket client = relays.connect()) {
          // The length of the endpoint's SETTINGS frame begins with a 0.
          assertThat(client.getInputStream().read()).isZero();
        }
      }
      Await.until("all have ended", () -> relays.ended.size() == 4);
      assertThat(relays.ended)
          .allSatisfy(flow -> assertThat(flow.endpoint()).endsWith(":" + two.port()));
      first.setStatus("", ServingStatus.SERVING);
      Await.until("it is back", () -> checked.health() == Endpoint.Health.HEALTHY);
      assertThat(relays.contained).isEmpty();
    }
  }

  @Test
  void aDrainWaitsForFlowsAndThenEndsThem() throws Exception {
    try (Peer peer = new Peer()) {
      Relays relays = Relays.tcp("", "", peer.port());
      int port = relays.port();
      try (Socket client = relays.connect();
          Socket endpoint = peer.next()) {
        relays.engine.unbind();
        try (Socket late = new Socket()) {
          late.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
          throw new AssertionError("somebody listens");
        } catch (IOException refused) {
          // Nobody listens any more.
        }
        client.getOutputStream().write(7);
        assertThat(endpoint.getInputStream().read()).isEqualTo(7);
        assertThat(relays.engine.isIdle()).isFalse();

        relays.engine.close();
        assertReset(client);
        assertReset(endpoint);
        assertEnds(relays, FlowEnd.SHUTDOWN);
        assertThat(relays.ledger()).isEqualTo(new Ledger(1, 0, 0, 1));
      } finally {
        relays.close();
      }
    }
  }

  @Test
  void aNewSnapshotLeadsNewConnectionsElsewhereAndLeavesOldOnes() throws Exception {
    try (Peer old = new Peer();
        Peer fresh = new Peer();
        Relays relays = Relays.tcp("", "", old.port());
        Socket before = relays.connect();
        Socket oldEndpoint = old.next()) {
      relays.publish(
          Fixture.accepted(Fixture.yaml(Relays.yaml("tcp", "", "", fresh.port()))).snapshot());
      try (Socket after = relays.connect();
          Socket newEndpoint = fresh.next()) {
        after.getOutputStream().write(2);
        assertThat(newEndpoint.getInputStream().read()).isEqualTo(2);
        before.getOutputStream().write(1);
        assertThat(oldEndpoint.getInputStream().read()).isEqualTo(1);
      }
    }
  }
}
