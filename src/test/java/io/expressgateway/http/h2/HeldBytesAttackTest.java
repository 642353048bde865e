package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many streams that open no window: each within its limits, together more than there is. */
class HeldBytesAttackTest {

  private static final int ATTACKERS = 10;
  private static final int STREAMS = 200;

  @Test
  void whoHoldsMostIsSentAwayAndItsNeighbourIsServed() throws Exception {
    String body = "x".repeat(60_000);
    List<RawHttp2> attackers = new ArrayList<>();
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok(body));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                // One percent of a gigabyte: less than one connection's streams may hold.
                .rules(Rules.DEFAULTS.with(Rule.HELD_BYTES, 1, false))
                .start();
        RawHttp2 neighbour = new RawHttp2(gateway.port())) {
      neighbour.settings().request(1, "GET", true).send();
      assertThat(neighbour.await(RawHttp2.DATA).stream()).isEqualTo(1);
      for (int i = 0; i < ATTACKERS; i++) {
        attackers.add(attack(gateway.port()));
      }
      Await.until("one is sent away", () -> gateway.metrics.security.contains("held-bytes:goaway"));
      neighbour.request(3, "GET", true).send();
      assertThat(neighbour.await(RawHttp2.HEADERS).stream()).isEqualTo(3);
      // It has no window left for the second body.
      neighbour.socket.close();
      int calmed = 0;
      for (RawHttp2 attacker : attackers) {
        calmed += isCalmed(attacker) ? 1 : 0;
        attacker.close();
      }
      assertThat(calmed).isBetween(1, ATTACKERS);
      Await.until(
          "the ledger adds up",
          () -> {
            var ledger = gateway.engine().ledger();
            return ledger.accepted() == ledger.completed() + ledger.refused() + ledger.aborted();
          });
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  private static RawHttp2 attack(int port) throws IOException {
    RawHttp2 attacker = new RawHttp2(port);
    // SETTINGS_INITIAL_WINDOW_SIZE 0.
    attacker.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
    for (int i = 0; i < STREAMS; i++) {
      attacker.request(2 * i + 1, "GET", true);
    }
    attacker.send();
    return attacker;
  }

  /** Whether the connection was ended, with what was said before if it still arrived. */
  private static boolean isCalmed(RawHttp2 attacker) throws IOException {
    attacker.socket.setSoTimeout(200);
    try {
      RawHttp2.Frame goAway = attacker.await(RawHttp2.GOAWAY);
      assertThat(goAway.payload()[7]).isEqualTo((byte) RawHttp2.ENHANCE_YOUR_CALM);
      return true;
    } catch (SocketTimeoutException stillServed) {
      return false;
    } catch (EOFException | SocketException ended) {
      return true;
    }
  }
}
