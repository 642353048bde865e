package io.expressgateway.stream.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.expressgateway.cluster.ClusterSpec.ProxyProtocol;
import io.expressgateway.cluster.Endpoint;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UdpFailoverTest {

  private final UdpStage stage = new UdpStage();

  @ParameterizedTest
  @MethodSource("io.expressgateway.stream.udp.UdpRelayTest#transports")
  void leavesAnEndpointThatIcmpSaysIsNotThere(String transport) throws Exception {
    stage.transport = transport;
    try (Echo first = Echo.start();
        Echo second = Echo.start();
        UdpStage running = stage.start(first, second);
        Client client = Client.of(running.address())) {
      client.ask("x");
      Echo dead = first.received() == 1 ? first : second;
      Echo alive = dead == first ? second : first;
      dead.stop();
      assertThat(client.askUntilAnswered("y")).isEqualTo("y");
      assertThat(alive.received()).isPositive();
      Endpoint lost = running.cluster().endpoint(dead.label());
      assertThat(lost.failures()).isEqualTo(1);
      assertThat(lost.active()).isZero();
      assertThat(running.retries).containsExactly("connect-failed");
      assertThat(running.listener().sessionCount()).isEqualTo(1);
    }
  }

  @Test
  void ejectsAnEndpointThatKeepsFailing() throws Exception {
    try (Echo dead = Echo.start();
        Echo alive = Echo.start();
        UdpStage running = stage.start(dead, alive)) {
      dead.stop();
      Endpoint lost = running.cluster().endpoint(dead.label());
      for (int i = 0; i < 8; i++) {
        try (Client client = Client.of(running.address())) {
          assertThat(client.askUntilAnswered("x")).isEqualTo("x");
        }
      }
      assertThat(lost.isEjected()).isTrue();
      assertThat(lost.failures()).isEqualTo(3);
    }
  }

  @Test
  void triesTheOnlyEndpointAgain() throws Exception {
    try (Echo gone = Echo.start();
        UdpStage running = stage.start(gone);
        Client client = Client.of(running.address())) {
      gone.stop();
      Endpoint only = running.cluster().endpoints().getFirst();
      client.send("x");
      await().until(() -> only.failures() == 1);
      client.send("y");
      await().until(() -> only.failures() == 2);
    }
  }

  @Test
  void leavesAnEndpointThatChecksTakeOut() throws Exception {
    stage.checked = true;
    try (Echo first = Echo.start();
        Echo second = Echo.start();
        UdpStage running = stage.start(first, second);
        Client client = Client.of(running.address())) {
      client.ask("x");
      Echo sick = first.received() == 1 ? first : second;
      Echo other = sick == first ? second : first;
      running.cluster().endpoint(sick.label()).checked(false);
      assertThat(client.ask("y")).isEqualTo("y");
      assertThat(sick.received()).isEqualTo(1);
      assertThat(other.received()).isEqualTo(1);
      assertThat(running.cluster().endpoint(sick.label()).failures()).isZero();
    }
  }

  @Test
  void leavesAnEndpointThatAReloadRemoves() throws Exception {
    try (Echo first = Echo.start();
        Echo second = Echo.start();
        UdpStage running = stage.start(first, second);
        Client client = Client.of(running.address())) {
      client.ask("x");
      Echo removed = first.received() == 1 ? first : second;
      Echo kept = removed == first ? second : first;
      running.publish(kept);
      assertThat(client.ask("y")).isEqualTo("y");
      assertThat(removed.received()).isEqualTo(1);
      assertThat(kept.received()).isEqualTo(1);
    }
  }

  @Test
  void staysWithAnEndpointThatDrains() throws Exception {
    try (Echo first = Echo.start();
        Echo second = Echo.start();
        UdpStage running = stage.start(first, second);
        Client client = Client.of(running.address());
        Client late = Client.of(running.address())) {
      client.ask("x");
      Echo drained = first.received() == 1 ? first : second;
      running.cluster().endpoint(drained.label()).draining(true);
      client.ask("y");
      late.ask("z");
      assertThat(drained.received()).isEqualTo(2);
    }
  }

  @Test
  void sendsTheClientsOfOneAddressToOneEndpointWhenItsHashDecides() throws Exception {
    stage.balancer = "maglev";
    try (Echo first = Echo.start();
        Echo second = Echo.start();
        Echo third = Echo.start();
        UdpStage running = stage.start(first, second, third)) {
      for (int i = 0; i < 20; i++) {
        try (Client client = Client.of(running.address())) {
          client.ask("x");
        }
      }
      assertThat(Arrays.asList(first.received(), second.received(), third.received()))
          .containsExactlyInAnyOrder(20, 0, 0);
    }
  }

  @Test
  void tellsEndpointsTheClientBeforeEachDatagram() throws Exception {
    stage.header = ProxyProtocol.V2;
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint);
        Client client = Client.of(running.address())) {
      for (int i = 0; i < 2; i++) {
        client.send("hello").receive();
        byte[] seen = endpoint.last();
        assertThat(seen).hasSize(28 + 5).endsWith("hello".getBytes());
        assertThat(
                io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.parse(
                    Unpooled.wrappedBuffer(seen)))
            .hasToString(
                "Complete[header=ProxyHeader[command=PROXY, transport=DATAGRAM,"
                    + " source=/127.0.0.1:%d, destination=/127.0.0.1:%d, extensions=[]], length=28]"
                        .formatted(client.port(), running.address().getPort()));
      }
    }
  }
}
