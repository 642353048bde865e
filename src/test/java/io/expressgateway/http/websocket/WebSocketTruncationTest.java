package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * WebSockets over TLS that end without a close frame. An end that was announced with a close_notify
 * is an end; a FIN without one could be anybody's (RFC 8446 section 6.1) and is no clean end for
 * the other side.
 */
class WebSocketTruncationTest {

  /** How one side ends a WebSocket that is open. */
  private interface End {
    void by(Peer peer) throws Exception;
  }

  /** What is left when {@code end} has happened at the client. */
  private static void clientEnds(Cell cell, End end, boolean isClean) throws Exception {
    CompletableFuture<Boolean> seen = new CompletableFuture<>();
    WebSocketEndpoint.Script script =
        call -> {
          Peer peer = call.accept();
          peer.send(Frames.frame(0x80 | Frames.TEXT, false, peer.read().payload()));
          seen.complete(peer.endsCleanly());
          peer.end();
        };
    try (WebSocketEndpoint endpoint = cell.endpoint(script);
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
        Peer client = cell.connect(gateway, "/chat")) {
      client.send(Frames.masked("open"));
      assertThat(client.read().text()).isEqualTo("open");
      end.by(client);
      assertThat(seen.get(15, TimeUnit.SECONDS)).isEqualTo(isClean);
      ends(gateway, isClean);
    }
  }

  /** The same at the endpoint. */
  private static void endpointEnds(Cell cell, End end, boolean isClean) throws Exception {
    WebSocketEndpoint.Script script =
        call -> {
          Peer peer = call.accept();
          peer.send(Frames.frame(0x80 | Frames.TEXT, false, peer.read().payload()));
          // What was sent before a reset may be lost with it: not before the client has it.
          peer.read();
          end.by(peer);
          peer.endsCleanly();
        };
    try (WebSocketEndpoint endpoint = cell.endpoint(script);
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
        Peer client = cell.connect(gateway, "/chat")) {
      client.send(Frames.masked("open"));
      assertThat(client.read().text()).isEqualTo("open");
      client.send(Frames.masked("go"));
      assertThat(client.endsCleanly()).isEqualTo(isClean);
      if (!cell.http2Front) {
        // The gateway announces what was announced to it, and nothing else.
        assertThat(client.link.wasNotified()).isEqualTo(isClean);
      }
      if (isClean) {
        client.end();
      }
      ends(gateway, isClean);
    }
  }

  private static void ends(Gateway gateway, boolean isClean) throws Exception {
    Await.until(
        "it is over",
        () -> {
          var ledger = gateway.engine().ledger();
          return (isClean ? ledger.completed() : ledger.aborted()) == 1;
        });
    assertThat(gateway.engine().ledger().accepted()).isEqualTo(1);
    Await.until(
        "nothing is left", () -> gateway.engine().listeners().getFirst().connections() <= 1);
    assertThat(gateway.metrics.contained).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#secured")
  void aClientsAnnouncedEndIsAnEndForTheEndpoint(Cell cell) throws Exception {
    clientEnds(cell, Peer::end, true);
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#secured")
  void aClientsFinWithoutCloseNotifyIsNoCleanEndForTheEndpoint(Cell cell) throws Exception {
    clientEnds(cell, client -> client.link.cut(), false);
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#secured")
  void aClientThatResetsIsNoCleanEndForTheEndpoint(Cell cell) throws Exception {
    clientEnds(cell, client -> client.link.reset(), false);
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#secured")
  void anEndpointsAnnouncedEndIsAnEndForTheClient(Cell cell) throws Exception {
    endpointEnds(cell, Peer::end, true);
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#secured")
  void anEndpointsFinWithoutCloseNotifyIsNoCleanEndForTheClient(Cell cell) throws Exception {
    endpointEnds(cell, endpoint -> endpoint.link.cut(), false);
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#secured")
  void anEndpointThatResetsIsNoCleanEndForTheClient(Cell cell) throws Exception {
    endpointEnds(cell, endpoint -> endpoint.link.reset(), false);
  }

  /** HTTP/2: the end of the connection, which is not the end of its streams. */
  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#secured")
  void theCloseNotifyOfAConnectionWithOpenStreamsIsNoCleanEnd(Cell cell) throws Exception {
    if (cell.http2Front) {
      clientEnds(cell, client -> client.link.finish(), false);
    }
    if (cell.http2Back) {
      endpointEnds(cell, endpoint -> endpoint.link.finish(), false);
    }
  }
}
