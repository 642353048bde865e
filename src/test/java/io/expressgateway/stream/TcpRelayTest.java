package io.expressgateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.http.fault.Await;
import io.expressgateway.plane.DataPlane.Ledger;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes and ends of both sides, on real sockets. */
class TcpRelayTest {

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio"})
  void bytesPassBothWaysUnchanged(String transport) throws Exception {
    byte[] sent = new byte[3_000_000];
    new Random(7).nextBytes(sent);
    try (Peer peer = new Peer();
        Relays relays = Relays.of(Relays.yaml("tcp", "", "", peer.port()), transport);
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      Thread writer = Thread.ofVirtual().start(() -> write(client, sent));
      assertThat(endpoint.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
      writer.join();

      Thread answer = Thread.ofVirtual().start(() -> write(endpoint, sent));
      assertThat(client.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
      answer.join();
    }
  }

  /** Closes with a reset. */
  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private static void write(Socket to, byte[] bytes) {
    try {
      to.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aFinPassesBehindItsBytesAndTheOtherDirectionGoesOn() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "", peer.port());
        Socket client = relays.connect()) {
      client.getOutputStream().write(text("question"));
      client.shutdownOutput();
      Socket endpoint = peer.next();
      assertThat(endpoint.getInputStream().readAllBytes()).isEqualTo(text("question"));

      endpoint.getOutputStream().write(text("a late answer"));
      endpoint.close();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(text("a late answer"));
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst())
          .extracting(Relays.Ended::end, Relays.Ended::bytesIn, Relays.Ended::bytesOut)
          .containsExactly(FlowEnd.DONE, 8L, 13L);
      assertThat(relays.ledger()).isEqualTo(new Ledger(1, 1, 0, 0));
    }
  }

  @Test
  void anEndpointMayEndFirst() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "", peer.port());
        Socket client = relays.connect()) {
      Socket endpoint = peer.next();
      endpoint.getOutputStream().write(text("hello"));
      endpoint.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(text("hello"));

      client.getOutputStream().write(text("still here"));
      client.shutdownOutput();
      assertThat(endpoint.getInputStream().readAllBytes()).isEqualTo(text("still here"));
      Await.until("the flow ends", () -> relays.ledger().completed() == 1);
    }
  }

  @Test
  void aResetOfTheClientReachesTheEndpointAsAReset() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "", peer.port());
        Socket client = relays.connect()) {
      client.getOutputStream().write(1);
      Socket endpoint = peer.next();
      assertThat(endpoint.getInputStream().read()).isEqualTo(1);
      reset(client);

      assertThatThrownBy(() -> endpoint.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.CLIENT_RESET);
      assertThat(relays.ledger()).isEqualTo(new Ledger(1, 0, 0, 1));
    }
  }

  @Test
  void aResetOfTheEndpointReachesTheClientAsAReset() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "", peer.port());
        Socket client = relays.connect()) {
      client.getOutputStream().write(1);
      Socket endpoint = peer.next();
      assertThat(endpoint.getInputStream().read()).isEqualTo(1);
      reset(endpoint);

      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.ENDPOINT_RESET);
      assertThat(relays.cluster().endpoints().getFirst().failures()).isEqualTo(1);
    }
  }

  @Test
  void whatAClientSendsBeforeThereIsAnEndpointIsNotLost() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "", Peer.refusing(), Peer.refusing(), peer.port());
        Socket client = relays.connect()) {
      client.getOutputStream().write(text("early"));
      client.shutdownOutput();
      assertThat(peer.next().getInputStream().readAllBytes()).isEqualTo(text("early"));
    }
  }

  @Test
  void theNextEndpointIsTriedWhenOneRefuses() throws Exception {
    int refusing = Peer.refusing();
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "", refusing, peer.port())) {
      for (int i = 0; i < 4; i++) {
        try (Socket client = relays.connect()) {
          client.getOutputStream().write(1);
          try (Socket endpoint = peer.next()) {
            assertThat(endpoint.getInputStream().read()).isEqualTo(1);
          }
        }
      }
      Await.until("four flows end", () -> relays.ended.size() == 4);
      assertThat(relays.retries).isNotEmpty().containsOnly("connect-failed");
      assertThat(relays.ended)
          .extracting(Relays.Ended::endpoint)
          .containsOnly("127.0.0.1:" + peer.port());
      assertThat(relays.cluster().endpoint("127.0.0.1:" + refusing).failures())
          .isEqualTo(relays.retries.size());
    }
  }

  @Test
  void whenEveryEndpointRefusesTheClientIsClosed() throws Exception {
    try (Relays relays = Relays.tcp("", "", Peer.refusing(), Peer.refusing());
        Socket client = relays.connect()) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst())
          .extracting(Relays.Ended::end, Relays.Ended::attempts)
          .containsExactly(FlowEnd.CONNECT_FAILED, 2);
    }
  }

  @Test
  void connectAttemptsBoundHowManyEndpointsAreTried() throws Exception {
    try (Relays relays =
            Relays.tcp("relay: { connect-attempts: 1 }", "", Peer.refusing(), Peer.refusing());
        Socket client = relays.connect()) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().attempts()).isEqualTo(1);
      assertThat(relays.retries).isEmpty();
    }
  }

  @Test
  void aClusterWithoutEndpointsRefuses() throws Exception {
    String yaml = Relays.yaml("tcp", "", "").replace("endpoints:", "endpoints: []");
    try (Relays relays = Relays.of(yaml);
        Socket client = relays.connect()) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.NO_HEALTHY_ENDPOINT);
      assertThat(relays.ledger()).isEqualTo(new Ledger(1, 0, 1, 0));
    }
  }
}
