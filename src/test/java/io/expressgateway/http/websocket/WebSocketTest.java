package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** WebSocket between clients and endpoints of HTTP/1.1 and HTTP/2 (RFC 6455, RFC 8441). */
class WebSocketTest {

  private static void awaitCompleted(Gateway gateway, int count) throws Exception {
    Await.until("completed", () -> gateway.engine().ledger().completed() == count);
    assertThat(gateway.engine().ledger().aborted()).isZero();
    assertThat(gateway.metrics.failures).isEmpty();
    assertThat(gateway.metrics.contained).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void messagesPassBothWaysAndTheCloseHandshakeEndsIt(Cell cell) throws Exception {
    try (WebSocketEndpoint endpoint = cell.endpoint(WebSocketEndpoint.ECHO);
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
        Peer client = cell.connect(gateway, "/chat?room=1")) {
      assertThat(client.status).isEqualTo(cell.opened());
      for (String text : new String[] {"hello", "", "x".repeat(70_000)}) {
        client.send(Frames.masked(text));
        assertThat(client.read().text()).isEqualTo(text);
      }
      client.send(Frames.ping(true));
      assertThat(client.read().opcode()).isEqualTo(Frames.PONG);
      client.send(Frames.close(true, 4321, "a reason"));
      Frames.Frame closed = client.read();
      assertThat(closed.code()).isEqualTo(4321);
      assertThat(closed.reason()).isEqualTo("a reason");
      assertThat(client.endsCleanly()).isTrue();
      client.end();
      awaitCompleted(gateway, 1);
      Await.until("its end is told", () -> !gateway.metrics.ends.isEmpty());
      assertThat(gateway.metrics.ends).containsExactly(cell.opened() + " /chat?room=1 ");
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void theHandshakeIsTranslatedWithItsSubprotocolAndExtensions(Cell cell) throws Exception {
    try (WebSocketEndpoint endpoint =
            cell.endpoint(call ->
                call.accept(
                        "sec-websocket-protocol",
                        "chat",
                        "sec-websocket-extensions",
                        "permessage-deflate",
                        "x-own",
                        "kept")
                    .endsCleanly());
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
        Peer client =
            cell.connect(
                gateway,
                "/chat",
                "sec-websocket-protocol",
                "chat, superchat",
                "sec-websocket-extensions",
                "permessage-deflate; client_max_window_bits",
                "origin",
                "http://x")) {
      assertThat(client.header("sec-websocket-protocol")).isEqualTo("chat");
      assertThat(client.header("sec-websocket-extensions")).isEqualTo("permessage-deflate");
      assertThat(client.header("x-own")).isEqualTo("kept");
      assertThat(client.header("sec-websocket-accept"))
          .isEqualTo(cell.http2Front ? null : Handshake.accept(Cell.KEY));
      assertThat(client.header("upgrade")).isEqualTo(cell.http2Front ? null : "websocket");
      WebSocketEndpoint.Call call = endpoint.calls.getFirst();
      assertThat(call.header("sec-websocket-protocol")).isEqualTo("chat, superchat");
      assertThat(call.header("sec-websocket-version")).isEqualTo("13");
      assertThat(call.header("origin")).isEqualTo("http://x");
      assertThat(call.header("x-forwarded-host")).isEqualTo("test");
      if (cell.http2Back) {
        assertThat(call.header(":method")).isEqualTo("CONNECT");
        assertThat(call.header(":protocol")).isEqualTo("websocket");
        assertThat(call.header(":path")).isEqualTo("/chat");
        assertThat(call.header("sec-websocket-key")).isNull();
        assertThat(call.header("upgrade")).isNull();
      } else {
        assertThat(call.header("connection")).isEqualTo("Upgrade");
        assertThat(Handshake.isKey(call.header("sec-websocket-key"))).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRefusalPassesWithItsBody(Cell cell) throws Exception {
    try (WebSocketEndpoint endpoint = cell.endpoint(call -> call.refuse(403, "not you"));
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
        Peer client = cell.connect(gateway, "/chat")) {
      assertThat(client.status).isEqualTo(403);
      assertThat(new String(client.in.readNBytes(7))).isEqualTo("not you");
      awaitCompleted(gateway, 1);
    }
  }

  /** Over TLS an end is an end in both directions: BoringSSL answers it with its own. */
  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void whatOneSideSendsAfterTheOtherHasEndedStillArrives(Cell cell) throws Exception {
    byte[] large = Frames.frame(0x82, true, new byte[3_000_000]);
    byte[] plain = Frames.frame(0x82, false, new byte[3_000_000]);
    AtomicReference<Frames.Frame> got = new AtomicReference<>();
    for (boolean clientFirst : new boolean[] {true, false}) {
      got.set(null);
      WebSocketEndpoint.Script script =
          call -> {
            Peer peer = call.accept();
            if (clientFirst) {
              assertThat(peer.endsCleanly()).isTrue();
              peer.send(plain);
              peer.end();
              got.set(new Frames.Frame(0, false, new byte[0]));
            } else {
              peer.end();
              got.set(peer.read());
              peer.endsCleanly();
            }
          };
      try (WebSocketEndpoint endpoint = cell.endpoint(script);
          Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
          Peer client = cell.connect(gateway, "/chat")) {
        if (clientFirst) {
          client.end();
          assertThat(client.read().payload()).hasSize(3_000_000);
          assertThat(client.endsCleanly()).isTrue();
        } else {
          assertThat(client.endsCleanly()).isTrue();
          client.send(large);
          client.end();
        }
        Await.until("all has arrived", () -> got.get() != null);
        assertThat(got.get().payload()).hasSize(clientFirst ? 0 : 3_000_000);
        awaitCompleted(gateway, 1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatResetsIsNoCleanEndForTheEndpoint(Cell cell) throws Exception {
    AtomicReference<Boolean> clean = new AtomicReference<>();
    try (WebSocketEndpoint endpoint =
            cell.endpoint(call -> clean.set(call.accept().endsCleanly()));
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
        Peer client = cell.connect(gateway, "/chat")) {
      client.send(Arrays.copyOf(Frames.masked("half"), 4));
      client.reset();
      Await.until("the endpoint sees an end", () -> clean.get() != null);
      assertThat(clean.get()).isFalse();
      Await.until("aborted", () -> gateway.engine().ledger().aborted() == 1);
      assertThat(gateway.metrics.failures).containsExactly("client-gone");
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEndpointThatResetsIsNoCleanEndForTheClient(Cell cell) throws Exception {
    try (WebSocketEndpoint endpoint =
            cell.endpoint(call -> {
              Peer peer = call.accept();
              peer.send(Arrays.copyOf(Frames.plain("half"), 3));
              peer.in.read();
              peer.reset();
            });
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
        Peer client = cell.connect(gateway, "/chat")) {
      assertThat(client.in.readNBytes(3)).hasSize(3);
      client.send(Frames.masked("go"));
      assertThat(client.endsCleanly()).isFalse();
      Await.until("aborted", () -> gateway.engine().ledger().aborted() == 1);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void anEndpointThatIsLostAfterBothSaidCloseIsAnEndAsAnyOther(Cell cell) throws Exception {
    try (WebSocketEndpoint endpoint =
            cell.endpoint(call -> {
              Peer peer = call.accept();
              peer.read();
              peer.send(Frames.close(false, 1000, ""));
              peer.in.read();
              peer.reset();
            });
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
        Peer client = cell.connect(gateway, "/chat")) {
      client.send(Frames.close(true, 1000, ""));
      assertThat(client.read().code()).isEqualTo(1000);
      client.end();
      assertThat(client.endsCleanly()).isTrue();
      awaitCompleted(gateway, 1);
    }
  }
}
