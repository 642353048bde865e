package io.expressgateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.expressgateway.config.Fixture;
import io.expressgateway.plane.DataPlane.Ledger;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.stream.udp.Client;
import io.expressgateway.stream.udp.Echo;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** A udp listener as a file configures it. */
class UdpListenerTest {

  private static final String FILE =
      """
      expressgateway:
        listeners:
          - { name: dns, bind: "127.0.0.1:0", protocol: udp, cluster: resolvers, udp: { session-idle-timeout: IDLE } }
        clusters:
          - name: resolvers
            protocol: udp
            endpoints: [ { address: "ENDPOINT" } ]
      """;

  private static String file(Echo endpoint, String idle) {
    return FILE.replace("ENDPOINT", endpoint.label()).replace("IDLE", idle);
  }

  @Test
  void servesCountsAndLogsSessions() throws Exception {
    try (Echo endpoint = Echo.start();
        Relays relays = Relays.of(file(endpoint, "200ms"));
        Client client = Client.of(new InetSocketAddress("127.0.0.1", relays.port()))) {
      assertThat(client.ask("hello")).isEqualTo("hello");
      await().until(() -> relays.ended.size() == 1);
      Relays.Ended session = relays.ended.getFirst();
      assertThat(session.client().getPort()).isEqualTo(client.port());
      assertThat(session.cluster()).isEqualTo("resolvers");
      assertThat(session.endpoint()).isEqualTo(endpoint.label());
      assertThat(session.end()).isEqualTo(FlowEnd.DONE);
      assertThat(session.bytesIn()).isEqualTo(5);
      assertThat(session.bytesOut()).isEqualTo(5);
      assertThat(relays.ledger()).isEqualTo(new Ledger(1, 1, 0, 0));
    }
  }

  @Test
  void showsLiveSessionsAndAbortsThemAtTheEnd() throws Exception {
    try (Echo endpoint = Echo.start();
        Client client = askThrough(endpoint)) {
      assertThat(endpoint.received()).isEqualTo(1);
      assertThat(client.port()).isPositive();
    }
  }

  private static Client askThrough(Echo endpoint) throws Exception {
    Relays relays = Relays.of(file(endpoint, "60s"));
    Client client = Client.of(new InetSocketAddress("127.0.0.1", relays.port()));
    client.ask("hello");
    assertThat(relays.engine.sessions("dns"))
        .singleElement()
        .satisfies(session -> {
          assertThat(session.client().getPort()).isEqualTo(client.port());
          assertThat(session.endpoint()).isEqualTo(endpoint.label());
        });
    assertThat(relays.engine.listeners().getFirst().connections()).isEqualTo(1);
    relays.engine.unbind();
    assertThat(relays.engine.isIdle()).isFalse();
    relays.close();
    assertThat(relays.engine.isIdle()).isTrue();
    assertThat(relays.ledger()).isEqualTo(new Ledger(1, 0, 0, 1));
    assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.SHUTDOWN);
    assertThat(relays.contained).isEmpty();
    return client;
  }

  @Test
  void movesSessionsWhenAReloadNamesAnotherEndpoint() throws Exception {
    try (Echo first = Echo.start();
        Echo second = Echo.start();
        Relays relays = Relays.of(file(first, "60s"));
        Client client = Client.of(new InetSocketAddress("127.0.0.1", relays.port()))) {
      client.ask("one");
      Snapshot next = Fixture.accepted(Fixture.yaml(file(second, "60s"))).snapshot();
      relays.publish(next);
      assertThat(client.ask("two")).isEqualTo("two");
      assertThat(second.received()).isEqualTo(1);
    }
  }
}
