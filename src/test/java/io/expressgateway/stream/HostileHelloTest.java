package io.expressgateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.fault.Await;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes before a name is known, piece by piece and by hands that mean no good. */
class HostileHelloTest {

  private Peer named;
  private Peer fallback;
  private Relays relays;

  @BeforeEach
  void start() throws Exception {
    named = new Peer();
    fallback = new Peer();
    relays = Relays.of(passthrough("cluster: fallback"));
  }

  private String passthrough(String keys) {
    return """
    expressgateway:
      listeners:
        - name: sites
          bind: 127.0.0.1:0
          protocol: tls-passthrough
          handshake-timeout: 1s
          KEYS
          sni: { shop.example: named, "*.sites.example": named }
      clusters:
        - { name: named, protocol: tcp, endpoints: [ { address: "127.0.0.1:NAMED" } ] }
        - { name: fallback, protocol: tcp, endpoints: [ { address: "127.0.0.1:FALLBACK" } ] }
    """
        .replace("KEYS", keys)
        .replace("NAMED", String.valueOf(named.port()))
        .replace("FALLBACK", String.valueOf(fallback.port()));
  }

  @AfterEach
  void stop() throws Exception {
    assertThat(relays.contained).isEmpty();
    relays.close();
    named.close();
    fallback.close();
  }

  private void send(Socket client, byte[] bytes) throws IOException {
    client.getOutputStream().write(bytes);
  }

  private void assertArrives(Peer peer, byte[] hello) throws Exception {
    try (Socket endpoint = peer.next()) {
      assertThat(endpoint.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
    }
  }

  /** As checks of the port do; nothing of it was hostile. */
  @Test
  void aClientThatLeavesWithoutAByteIsNoAttack() throws Exception {
    relays.connect().close();
    Await.until("the flow ends", () -> relays.ended.size() == 1);
    assertThat(relays.ended.getLast().end()).isEqualTo(FlowEnd.CLIENT_GONE);
    assertThat(relays.security).isEmpty();
  }

  private void assertRefused(byte[] bytes, FlowEnd why) throws Exception {
    int before = relays.ended.size();
    try (Socket client = relays.connect()) {
      try {
        send(client, bytes);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      } catch (IOException reset) {
        // What was not read makes a reset of the close.
      }
      Await.until("the flow ends", () -> relays.ended.size() == before + 1);
    }
    assertThat(relays.ended.getLast().end()).isEqualTo(why);
    assertThat(relays.security).contains("client-hello:close");
    assertThat(named.hasNext() || fallback.hasNext()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"shop.example", "SHOP.example", "a.sites.example"})
  void aNameLeadsToItsCluster(String name) throws Exception {
    byte[] hello = Hello.of(name);
    try (Socket client = relays.connect()) {
      send(client, hello);
      assertArrives(named, hello);
    }
    Await.until("the flow ends", () -> !relays.ended.isEmpty());
    assertThat(relays.ended.getFirst().serverName()).isEqualToIgnoringCase(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"other.example", "a.b.sites.example", "sites.example", "xshop.example"})
  void aNameWithoutAMatchLeadsToTheListenersCluster(String name) throws Exception {
    byte[] hello = Hello.of(name);
    try (Socket client = relays.connect()) {
      send(client, hello);
      assertArrives(fallback, hello);
    }
  }

  @Test
  void aHelloWithoutANameLeadsToTheListenersCluster() throws Exception {
    byte[] hello = Hello.of(null);
    try (Socket client = relays.connect()) {
      send(client, hello);
      assertArrives(fallback, hello);
    }
  }

  @Test
  void withoutAClusterANameWithoutAMatchIsClosed() throws Exception {
    try (Relays strict = Relays.of(passthrough(""));
        Socket client = strict.connect()) {
      send(client, Hello.of("other.example"));
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      Await.until("the flow ends", () -> strict.ended.size() == 1);
      assertThat(strict.ended.getFirst().end()).isEqualTo(FlowEnd.NO_SNI_MATCH);
    }
  }

  @Test
  void aHelloByteByByteNeverLeadsToTheDefault() throws Exception {
    byte[] hello = Hello.of("shop.example");
    try (Socket client = relays.connect()) {
      for (byte b : hello) {
        client.getOutputStream().write(b);
      }
      assertArrives(named, hello);
    }
    assertThat(fallback.hasNext()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 40, 100, 200})
  void aHelloInSmallRecordsNeverLeadsToTheDefault(int size) throws Exception {
    byte[] hello = Hello.inRecordsOf(Hello.of("shop.example"), size);
    try (Socket client = relays.connect()) {
      send(client, hello);
      assertArrives(named, hello);
    }
    assertThat(fallback.hasNext()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 43, 60})
  void aHelloInTwoRecordsNeverLeadsToTheDefault(int first) throws Exception {
    byte[] hello = Hello.inRecords(Hello.of("shop.example"), first);
    try (Socket client = relays.connect()) {
      send(client, Arrays.copyOf(hello, first + 3));
      send(client, Arrays.copyOfRange(hello, first + 3, hello.length));
      assertArrives(named, hello);
    }
    assertThat(fallback.hasNext()).isFalse();
  }

  @Test
  void whatIsNoHelloIsClosed() throws Exception {
    assertRefused(
        "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII), FlowEnd.BAD_CLIENT_HELLO);
    // An SSL 2 hello, an alert, another handshake message, an empty record.
    assertRefused(
        new byte[] {(byte) 0x80, 46, 1, 0, 2, 0, 21, 0, 0, 0, 16}, FlowEnd.BAD_CLIENT_HELLO);
    assertRefused(new byte[] {21, 3, 1, 0, 2, 2, 40}, FlowEnd.BAD_CLIENT_HELLO);
    assertRefused(new byte[] {22, 3, 1, 0, 4, 2, 0, 0, 0}, FlowEnd.BAD_CLIENT_HELLO);
    assertRefused(new byte[] {22, 3, 1, 0, 0, 22, 3, 1}, FlowEnd.BAD_CLIENT_HELLO);
  }

  @Test
  void anotherRecordWithinTheHelloIsClosed() throws Exception {
    byte[] hello = Hello.inRecords(Hello.of("shop.example"), 50);
    hello[55] = 23;
    assertRefused(hello, FlowEnd.BAD_CLIENT_HELLO);
  }

  @Test
  void aHelloOfMoreThanSixteenKilobytesIsClosed() throws Exception {
    byte[] huge = new byte[20_000];
    byte[] start = {22, 3, 1, 0x40, 0, 1, 0, 0x4f, 0};
    System.arraycopy(start, 0, huge, 0, start.length);
    assertRefused(huge, FlowEnd.BAD_CLIENT_HELLO);
  }

  @Test
  void anAnnouncedLengthBeyondTheLimitIsClosedAtOnce() throws Exception {
    assertRefused(new byte[] {22, 3, 1, 0, 9, 1, 1, 0, 0, 3, 3, 0, 0, 0}, FlowEnd.BAD_CLIENT_HELLO);
  }

  @Test
  void anExtensionThatPromisesMoreThanThereIsIsClosed() throws Exception {
    byte[] extension = Hello.name("shop.example");
    for (int at : new int[] {1, 4}) {
      byte[] lying = extension.clone();
      lying[at] += 9;
      assertRefused(Hello.withNameExtension(lying), FlowEnd.BAD_CLIENT_HELLO);
    }
  }

  @Test
  void aNameThatNobodyCanHaveIsClosed() throws Exception {
    assertRefused(
        Hello.withNameExtension(Hello.name("shop.example\0.evil")), FlowEnd.BAD_CLIENT_HELLO);
    assertRefused(Hello.withNameExtension(Hello.name("")), FlowEnd.BAD_CLIENT_HELLO);
  }

  @Test
  void aHandmadeHelloIsUnderstood() throws Exception {
    byte[] hello = Hello.withNameExtension(Hello.name("shop.example"));
    try (Socket client = relays.connect()) {
      send(client, hello);
      assertArrives(named, hello);
    }
  }

  @Test
  void aHelloThatDoesNotEndInTimeIsClosed() throws Exception {
    assertRefused(Arrays.copyOf(Hello.of("shop.example"), 60), FlowEnd.CLIENT_HELLO_TIMEOUT);
  }

  @Test
  void aClientThatEndsWithinItsHelloIsRefused() throws Exception {
    try (Socket client = relays.connect()) {
      send(client, Arrays.copyOf(Hello.of("shop.example"), 60));
      client.shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end().count()).isEqualTo(FlowEnd.Count.REFUSED);
    }
  }
}
