package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A drain in the middle of traffic: every WebSocket is told, none is lost. */
class WebSocketDrainUnderLoadTest {

  private static final int WEB_SOCKETS = 40;

  private final AtomicInteger echoes = new AtomicInteger();

  /** Sends and reads until it is told to leave, and leaves: the code, and whether it was clean. */
  private String talk(Cell cell, Peer client) {
    try {
      for (int i = 0; ; i++) {
        client.send(Frames.masked("message " + i));
        Frames.Frame frame = client.read();
        if (frame.opcode() == Frames.CLOSE) {
          client.send(Frames.close(true, frame.code(), ""));
          boolean isClean = client.endsCleanly();
          if (!cell.http2Front) {
            client.end();
          }
          return frame.code() + " " + isClean;
        }
        // What was under way when the gateway said Close is dropped, never answered out of order.
        assertThat(frame.text()).isEqualTo("message " + i);
        echoes.incrementAndGet();
      }
    } catch (Throwable failed) {
      return failed.toString();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyWebSocketIsTold1001AndEnds(Cell cell) throws Exception {
    List<String> ends = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Peer> clients = new ArrayList<>();
    List<Thread> talks = new ArrayList<>();
    try (WebSocketEndpoint endpoint = cell.endpoint(WebSocketEndpoint.ECHO);
        Gateway gateway =
            cell.gateway(endpoint, limits -> limits).loops(2).drainJitter(0.2).start()) {
      Http2Wire wire = null;
      for (int i = 0; i < WEB_SOCKETS; i++) {
        if (cell.http2Front && i % 10 != 0) {
          // Ten on each connection.
          clients.add(Cell.connectOverHttp2(wire, "/chat"));
          continue;
        }
        var link = cell.link(gateway);
        if (cell.http2Front) {
          wire = Http2Wire.client(link);
          clients.add(Cell.connectOverHttp2(wire, "/chat"));
        } else {
          clients.add(cell.connect(link, "/chat"));
        }
      }
      for (Peer client : clients) {
        talks.add(Thread.ofVirtual().start(() -> ends.add(talk(cell, client))));
      }
      Await.until("all talk", () -> echoes.get() > 5 * WEB_SOCKETS);

      gateway.engine().beginDrain();
      assertThat(gateway.engine().awaitIdle(Duration.ofSeconds(15))).isTrue();
      for (Thread talk : talks) {
        talk.join();
      }

      assertThat(ends).hasSize(WEB_SOCKETS).containsOnly("1001 true");
      var ledger = gateway.engine().ledger();
      assertThat(ledger.accepted()).isEqualTo(WEB_SOCKETS);
      assertThat(ledger.completed()).isEqualTo(WEB_SOCKETS);
      assertThat(gateway.metrics.failures).hasSize(WEB_SOCKETS).containsOnly("websocket-drain");
      assertThat(gateway.metrics.contained).isEmpty();
    } finally {
      for (Peer client : clients) {
        client.close();
      }
    }
  }
}
