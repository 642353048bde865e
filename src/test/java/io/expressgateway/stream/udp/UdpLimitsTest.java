package io.expressgateway.stream.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.expressgateway.cluster.ClusterSpec.ProxyProtocol;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import io.expressgateway.snapshot.UdpLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UdpLimitsTest {

  private final UdpStage stage = new UdpStage();

  @Test
  void holdsOnlySoManySessions() throws Exception {
    stage.limits = new UdpLimits(Duration.ofSeconds(60), 3, 100);
    stage.loopCount = 2;
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint)) {
      List<Client> clients = ask(running, 3);
      Client surplus = Client.of(running.address()).send("too many");
      await().until(() -> running.drops.contains("udp-sessions-full"));
      assertThat(running.listener().sessionCount()).isEqualTo(3);
      assertThat(clients.getFirst().ask("still")).isEqualTo("still");
      running.pass(Duration.ofSeconds(61));
      assertThat(surplus.ask("now")).isEqualTo("now");
    }
  }

  private static List<Client> ask(UdpStage running, int count) throws Exception {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Client client = Client.of(running.address());
      assertThat(client.ask("x")).isEqualTo("x");
      clients.add(client);
    }
    return clients;
  }

  @Test
  void holdsOnlySoManySessionsOfOneAddress() throws Exception {
    stage.limits = new UdpLimits(Duration.ofSeconds(60), 100, 2);
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint);
        Client neighbour = Client.of(running.address(), "127.0.0.9")) {
      ask(running, 2);
      Client.of(running.address()).send("too many");
      await().until(() -> running.drops.contains("udp-address-full"));
      assertThat(neighbour.ask("served")).isEqualTo("served");
    }
  }

  @Test
  void countsAndServesWhereCapsAreObserved() throws Exception {
    stage.limits = new UdpLimits(Duration.ofSeconds(60), 1, 1);
    stage.rules = Rules.DEFAULTS.with(Rule.CONNECTION_CAPS, 0, true);
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint)) {
      ask(running, 3);
      assertThat(running.drops).isEmpty();
    }
  }

  @Test
  void dropsWhereThereIsNoEndpoint() throws Exception {
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint);
        Client client = Client.of(running.address())) {
      running.cluster().endpoints().getFirst().draining(true);
      client.send("x");
      await().until(() -> running.drops.contains("udp-no-endpoint"));
      assertThat(running.listener().sessionCount()).isZero();
      running.cluster().endpoints().getFirst().draining(false);
      assertThat(client.ask("y")).isEqualTo("y");
    }
  }

  @Test
  void dropsWhatHasNoRoomForItsHeader() throws Exception {
    stage.header = ProxyProtocol.V2;
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint);
        Client client = Client.of(running.address())) {
      client.send(new byte[65_480]);
      await().until(() -> running.drops.contains("udp-too-large"));
      assertThat(client.send(new byte[65_479]).receive()).hasSize(65_507);
    }
  }
}
