package io.expressgateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.fault.Await;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PROXY protocol headers, from whoever connects and to endpoints. */
class ProxyProtocolTest {

  private static final String LINE = "PROXY TCP4 203.0.113.7 198.51.100.1 40000 5432\r\n";

  private static void send(Socket to, String text) throws IOException {
    to.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String read(Socket from, int count) throws IOException {
    return new String(from.getInputStream().readNBytes(count), StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(strings = {"require", "accept"})
  void theHeaderSaysWhoTheClientIs(String policy) throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("proxy-protocol: " + policy, "", peer.port())) {
      try (Socket client = relays.connect()) {
        send(client, LINE + "hello");
        client.shutdownOutput();
        try (Socket endpoint = peer.next()) {
          assertThat(endpoint.getInputStream().readAllBytes()).isEqualTo("hello".getBytes());
        }
      }
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().client().toString()).isEqualTo("/203.0.113.7:40000");
      assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.DONE);
    }
  }

  @Test
  void aHeaderByteByByteIsAHeader() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("proxy-protocol: require", "", peer.port());
        Socket client = relays.connect()) {
      for (byte b : (LINE + "hello").getBytes(StandardCharsets.US_ASCII)) {
        client.getOutputStream().write(b);
      }
      try (Socket endpoint = peer.next()) {
        assertThat(read(endpoint, 5)).isEqualTo("hello");
      }
    }
  }

  @Test
  void acceptTakesConnectionsWithoutAHeader() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("proxy-protocol: accept", "", peer.port());
        Socket client = relays.connect()) {
      send(client, "plain");
      try (Socket endpoint = peer.next()) {
        assertThat(read(endpoint, 5)).isEqualTo("plain");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain bytes of more than eight\r\n",
        "PROXY TCP4 203.0.113.7 198.51.100.1 40000\r\n",
        "PROXY TCP4 203.0.113.7 198.51.100.1 40000 5432\n\n",
        "PROXY TCP6 203.0.113.7 198.51.100.1 40000 5432\r\n"
      })
  void whatRequireDoesNotGetIsClosed(String bytes) throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("proxy-protocol: require", "", peer.port());
        Socket client = relays.connect()) {
      send(client, bytes);
      assertClosed(client);
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.BAD_PROXY_HEADER);
      assertThat(relays.security).containsExactly("proxy-protocol:close");
      assertThat(peer.hasNext()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"require", "accept"})
  void aHeaderOfAnUntrustedPeerIsClosed(String policy) throws Exception {
    try (Peer peer = new Peer();
        Relays relays =
            Relays.tcp(
                "proxy-protocol: " + policy + "\ntrusted-proxies: [192.0.2.0/24]",
                "",
                peer.port());
        Socket client = relays.connect()) {
      send(client, LINE);
      assertClosed(client);
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.BAD_PROXY_HEADER);
    }
  }

  private static void assertClosed(Socket client) {
    int read;
    try {
      read = client.getInputStream().read();
    } catch (IOException reset) {
      return;
    }
    assertThat(read).isEqualTo(-1);
  }

  @Test
  void capsCountTheClientThatTheHeaderNames() throws Exception {
    try (Peer peer = new Peer();
        Relays relays =
            Relays.tcp("proxy-protocol: require\nmax-connections-per-ip: 1", "", peer.port());
        Socket first = relays.connect();
        Socket other = relays.connect();
        Socket again = relays.connect()) {
      send(first, LINE + "1");
      try (Socket endpoint = peer.next()) {
        assertThat(read(endpoint, 1)).isEqualTo("1");
        send(other, LINE.replace("113.7", "113.8") + "2");
        try (Socket second = peer.next()) {
          assertThat(read(second, 1)).isEqualTo("2");
          send(again, LINE + "3");
          assertClosed(again);
          Await.until("counted", () -> relays.security.contains("connection-caps:close"));
        }
      }
    }
  }

  @Test
  void anEndpointIsToldVersion1() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "proxy-protocol: v1", peer.port());
        Socket client = relays.connect()) {
      send(client, "hello");
      try (Socket endpoint = peer.next()) {
        String expected =
            "PROXY TCP4 127.0.0.1 127.0.0.1 "
                + client.getLocalPort()
                + " "
                + relays.port()
                + "\r\nhello";
        assertThat(read(endpoint, expected.length())).isEqualTo(expected);
      }
    }
  }

  @Test
  void whatAHeaderToldIsPassedOn() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("proxy-protocol: require", "proxy-protocol: v1", peer.port());
        Socket client = relays.connect()) {
      send(client, LINE + "hello");
      try (Socket endpoint = peer.next()) {
        assertThat(read(endpoint, LINE.length() + 5)).isEqualTo(LINE + "hello");
      }
    }
  }

  @Test
  void anEndpointThatSpeaksFirstIsToldVersion2AtOnce() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "proxy-protocol: v2", peer.port());
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      byte[] header = endpoint.getInputStream().readNBytes(28);
      assertThat(header).startsWith(13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10, 0x21, 0x11);
      send(endpoint, "banner");
      assertThat(read(client, 6)).isEqualTo("banner");
    }
  }
}
