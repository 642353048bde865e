package io.expressgateway.stream.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.expressgateway.http.fault.Await;
import io.expressgateway.plane.DataPlane.BindFailure;
import io.expressgateway.plane.DataPlane.Ledger;
import io.expressgateway.snapshot.UdpLimits;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UdpRelayTest {

  private final UdpStage stage = new UdpStage();

  static Stream<String> transports() {
    return Stream.of("epoll", "nio", "io_uring").filter(UdpRelayTest::isAvailable);
  }

  private static boolean isAvailable(String transport) {
    try {
      io.expressgateway.loop.Transport.of(transport);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void passesDatagramsBothWays(String transport) throws Exception {
    stage.transport = transport;
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint);
        Client client = Client.of(running.address())) {
      for (int i = 0; i < 100; i++) {
        assertThat(client.ask("question " + i)).isEqualTo("question " + i);
      }
      assertThat(endpoint.peers()).isEqualTo(1);
      assertThat(running.listener().sessionCount()).isEqualTo(1);
      assertThat(running.drops).isEmpty();
    }
    assertThat(stage.log).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void passesDatagramsOfAnySize(String transport) throws Exception {
    stage.transport = transport;
    SplittableRandom random = new SplittableRandom(7);
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint);
        Client client = Client.of(running.address())) {
      for (int size : new int[] {1, 511, 1472, 1473, 2048, 9000, 65_506, 65_507}) {
        byte[] payload = new byte[size];
        random.nextBytes(payload);
        assertThat(client.send(payload).receive()).isEqualTo(payload);
      }
    }
  }

  /** IPv6 has no header of its own within the length: 20 bytes more than over IPv4. */
  @Test
  void passesTheLargestDatagramsOfIpv6() throws Exception {
    stage.bind = "[::1]:0";
    byte[] largest = new byte[65_527];
    new SplittableRandom(8).nextBytes(largest);
    // The JDK's DatagramSocket sends no more than IPv4 can.
    try (Echo endpoint = Echo.on("::1");
        UdpStage running = stage.start(endpoint);
        DatagramChannel client = DatagramChannel.open(StandardProtocolFamily.INET6)) {
      client.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 20);
      client.send(ByteBuffer.wrap(largest), running.address());
      Await.until("the datagram", () -> endpoint.received() == 1);
      assertThat(endpoint.last()).isEqualTo(largest);
    }
  }

  @Test
  void passesEmptyDatagrams() throws Exception {
    stage.transport = "epoll";
    // The JDK sends nothing for an empty datagram on a connected socket.
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint);
        DatagramSocket client = new DatagramSocket()) {
      client.setSoTimeout(10_000);
      for (int size : new int[] {0, 1, 0}) {
        client.send(new DatagramPacket(new byte[size], size, running.address()));
        DatagramPacket answer = new DatagramPacket(new byte[9], 9);
        client.receive(answer);
        assertThat(answer.getLength()).isEqualTo(size);
      }
      assertThat(endpoint.received()).isEqualTo(3);
    }
  }

  @Test
  void keepsOrderWithinABurst() throws Exception {
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint);
        Client client = Client.of(running.address())) {
      for (int burst = 0; burst < 10; burst++) {
        for (int i = 0; i < 100; i++) {
          client.send(burst + "." + i);
        }
        for (int i = 0; i < 100; i++) {
          assertThat(new String(client.receive())).isEqualTo(burst + "." + i);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[::1]:0", "[::]:0"})
  void servesIpv6(String bind) throws Exception {
    stage.bind = bind;
    try (Echo endpoint = Echo.on("::1");
        UdpStage running = stage.start(endpoint);
        Client client = Client.of(new InetSocketAddress("::1", running.address().getPort()))) {
      assertThat(client.ask("v6")).isEqualTo("v6");
    }
  }

  @Test
  void answersFromTheAddressThatTheClientWroteTo() throws Exception {
    stage.bind = "0.0.0.0:0";
    List<String> own = new ArrayList<>();
    java.net.NetworkInterface.networkInterfaces()
        .flatMap(java.net.NetworkInterface::inetAddresses)
        .filter(ip -> ip.getAddress().length == 4)
        .forEach(ip -> own.add(ip.getHostAddress()));
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint)) {
      for (String ip : own) {
        try (Client client = Client.of(new InetSocketAddress(ip, running.address().getPort()))) {
          assertThat(client.ask(ip)).isEqualTo(ip);
        }
      }
      assertThat(running.listener().sessions())
          .extracting(session -> session.local().getAddress().getHostAddress())
          .containsExactlyInAnyOrderElementsOf(own);
    }
  }

  @Test
  void keepsClientsApart() throws Exception {
    stage.loopCount = 2;
    stage.limits = new UdpLimits(Duration.ofSeconds(60), 10_000, 10_000);
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint)) {
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        clients.add(Client.of(running.address()));
      }
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < clients.size(); i++) {
          assertThat(clients.get(i).ask("client " + i)).isEqualTo("client " + i);
        }
      }
      assertThat(endpoint.peers()).isEqualTo(2_000);
      assertThat(running.listener().sessionCount()).isEqualTo(2_000);
      assertThat(running.listener().sessions())
          .extracting(session -> session.client().getPort())
          .containsExactlyInAnyOrderElementsOf(clients.stream().map(Client::port).toList());
      clients.forEach(Client::close);
      running.pass(Duration.ofSeconds(61));
      assertThat(running.listener().sessionCount()).isZero();
      assertThat(running.ledger()).isEqualTo(new Ledger(2_000, 2_000, 0, 0));
    }
  }

  /** Sixteen addresses of one client whose packets carry one ID, as after it has moved. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void choosesByConnectionId(boolean hasLongHeader) throws Exception {
    stage.balancer = "maglev";
    stage.hashOn = "connection-id";
    try (Echo one = Echo.start();
        Echo other = Echo.start();
        Echo third = Echo.start();
        UdpStage running = stage.start(one, other, third)) {
      byte[] packet = new byte[64];
      packet[0] = (byte) (hasLongHeader ? 0xc3 : 0x43);
      packet[5] = 8;
      int id = hasLongHeader ? 6 : 1;
      Set<String> used = new HashSet<>();
      for (int connection = 0; connection < 16; connection++) {
        packet[id + 7] = (byte) connection;
        for (int move = 0; move < 16; move++) {
          try (Client client = Client.of(running.address())) {
            assertThat(client.send(packet).receive()).isEqualTo(packet);
          }
        }
        Set<String> now =
            running.listener().sessions().stream()
                .map(LiveSession::endpoint)
                .collect(java.util.stream.Collectors.toSet());
        assertThat(now).as("connection %s", connection).hasSize(1);
        used.addAll(now);
        running.pass(Duration.ofSeconds(61));
      }
      assertThat(used).as("connections spread").hasSizeGreaterThan(1);
    }
  }

  /** Too short for QUIC, or for an ID of eight bytes: the client's address is hashed. */
  @Test
  void choosesByAddressWhatHasNoConnectionId() throws Exception {
    stage.balancer = "maglev";
    stage.hashOn = "connection-id";
    byte[] shortId = new byte[64];
    shortId[0] = (byte) 0xc3;
    shortId[5] = 7;
    try (Echo one = Echo.start();
        Echo other = Echo.start();
        UdpStage running = stage.start(one, other)) {
      for (int i = 0; i < 16; i++) {
        shortId[6] = (byte) i;
        for (byte[] payload : new byte[][] {shortId, new byte[i % 9]}) {
          if (payload.length > 0) {
            try (Client client = Client.of(running.address())) {
              assertThat(client.send(payload).receive()).isEqualTo(payload);
            }
          }
        }
      }
      assertThat(running.listener().sessions())
          .extracting(LiveSession::endpoint)
          .hasSizeGreaterThan(16)
          .containsOnly(running.listener().sessions().getFirst().endpoint());
    }
  }

  @Test
  void forgetsASessionAfterSilenceOfBothSides() throws Exception {
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint);
        Client client = Client.of(running.address())) {
      assertThat(client.ask("one")).isEqualTo("one");
      running.pass(Duration.ofSeconds(59));
      assertThat(client.ask("four")).isEqualTo("four");
      running.pass(Duration.ofSeconds(59));
      assertThat(running.listener().sessionCount()).isEqualTo(1);
      running.pass(Duration.ofSeconds(2));
      assertThat(running.listener().sessionCount()).isZero();
      assertThat(running.log).containsExactly(endpoint.label() + " 7 7");
      assertThat(running.datagramsIn.get()).isEqualTo(2);
      assertThat(running.datagramsOut.get()).isEqualTo(2);
      assertThat(running.cluster().endpoints().getFirst().active()).isZero();
      assertThat(running.cluster().endpoints().getFirst().connections()).isZero();
      assertThat(client.ask("a new session")).isEqualTo("a new session");
    }
  }

  @Test
  void beginsNoSessionWhileItDrainsAndServesThoseThatLive() throws Exception {
    try (Echo endpoint = Echo.start();
        UdpStage running = stage.start(endpoint);
        Client before = Client.of(running.address());
        Client after = Client.of(running.address())) {
      assertThat(before.ask("x")).isEqualTo("x");
      running.listener().drain();
      after.send("y");
      await().until(() -> running.drops.contains("udp-draining"));
      assertThat(before.ask("z")).isEqualTo("z");
      assertThat(running.listener().sessionCount()).isEqualTo(1);
    }
  }

  @Test
  void refusesAnAddressThatSomebodyElseHas() throws Exception {
    try (DatagramSocket other = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
        Echo endpoint = Echo.start()) {
      stage.bind = "127.0.0.1:" + other.getLocalPort();
      assertThatThrownBy(() -> stage.start(endpoint)).isInstanceOf(BindFailure.class);
    }
  }
}
