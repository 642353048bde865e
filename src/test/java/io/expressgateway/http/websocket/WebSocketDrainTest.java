package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A gateway that stops while WebSockets are open. */
class WebSocketDrainTest {

  @ParameterizedTest
  @EnumSource
  void aDrainSays1001ToBothAndWaitsForTheirAnswer(Cell cell) throws Exception {
    AtomicReference<Frames.Frame> told = new AtomicReference<>();
    WebSocketEndpoint.Script script =
        call -> {
          Peer peer = call.accept();
          told.set(peer.read());
          peer.send(Frames.close(false, 1001, ""));
          peer.end();
          peer.endsCleanly();
        };
    try (WebSocketEndpoint endpoint = cell.endpoint(script);
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
        Peer client = cell.connect(gateway, "/chat")) {
      gateway.engine().beginDrain();
      Frames.Frame frame = client.read();
      assertThat(frame.code()).isEqualTo(1001);
      assertThat(gateway.engine().ledger().completed()).isZero();
      client.send(Frames.close(true, 1001, ""));
      assertThat(client.endsCleanly()).isTrue();
      if (!cell.http2Front) {
        client.end();
      }
      assertThat(gateway.engine().awaitIdle(Duration.ofSeconds(10))).isTrue();
      assertThat(told.get().code()).isEqualTo(1001);
      assertThat(gateway.engine().ledger().completed()).isEqualTo(1);
      assertThat(gateway.metrics.failures).containsExactly("websocket-drain");
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  /** New requests go elsewhere; what is open is bounded by its own max-lifetime. */
  @Test
  void aConnectionPastItsAgeKeepsItsWebSockets() throws Exception {
    try (WebSocketEndpoint endpoint = Cell.H2_TO_H1.endpoint(WebSocketEndpoint.ECHO);
        Gateway gateway =
            Cell.H2_TO_H1
                .gateway(endpoint, limits -> limits)
                .maxConnectionAge(Duration.ofMillis(300))
                .start();
        Peer client = Cell.H2_TO_H1.connect(gateway, "/chat")) {
      long old = System.nanoTime() + Duration.ofMillis(700).toNanos();
      while (System.nanoTime() < old) {
        client.send(Frames.masked("hello"));
        assertThat(client.read().text()).isEqualTo("hello");
        Thread.sleep(20);
      }
      client.send(Frames.close(true, 4321, "a reason"));
      assertThat(client.read().code()).isEqualTo(4321);
      Await.until("completed", () -> gateway.engine().ledger().completed() == 1);
      assertThat(gateway.metrics.failures).isEmpty();
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.http.websocket.Cell#four")
  void theEndOfTheDrainTellsThoseThatAreLeft(Cell cell) throws Exception {
    AtomicReference<Frames.Frame> told = new AtomicReference<>();
    WebSocketEndpoint.Script script =
        call -> {
          Peer peer = call.accept();
          told.set(peer.read());
        };
    try (WebSocketEndpoint endpoint = cell.endpoint(script);
        Gateway gateway = cell.gateway(endpoint, limits -> limits).start();
        Peer client = cell.connect(gateway, "/chat")) {
      gateway.engine().close();
      assertThat(client.read().code()).isEqualTo(1001);
      Await.until("the endpoint is told", () -> told.get() != null);
      assertThat(told.get().code()).isEqualTo(1001);
      assertThat(gateway.engine().ledger().aborted()).isEqualTo(1);
      assertThat(gateway.metrics.failures).containsExactly("shutdown");
    }
  }
}
