package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import java.io.IOException;
import java.util.List;

/** What every flood must meet: its rule's counter, an end of the connection, and calm elsewhere. */
final class Attack {

  /** Sends frames. */
  interface Frames {
    void send(RawHttp2 client) throws IOException;
  }

  private Attack() {}

  /** The attack ends with {@code rule}'s counter; a neighbour is served before and after. */
  static void meets(String rule, Frames frames) throws Exception {
    meetsOneOf(List.of(rule), frames);
  }

  /** As {@link #meets}, where it depends on the frames which rule is first. */
  static void meetsOneOf(List<String> rules, Frames frames) throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              if (!request.target().equals("/")) {
                request.ok("");
              } else if (request.header("slow") == null) {
                request.ok("hello");
              }
            });
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 attacker = new RawHttp2(gateway.port());
        RawHttp2 neighbour = new RawHttp2(gateway.port())) {
      neighbour.settings().request(1, "GET", true).send();
      neighbour.await(RawHttp2.HEADERS);
      try {
        frames.send(attacker);
      } catch (IOException closed) {
        assertThat(gateway.metrics.security).containsAnyElementsOf(rules);
      }
      Await.until(
          rules.toString(), () -> rules.stream().anyMatch(gateway.metrics.security::contains));
      assertThat(attacker.isEnded()).isTrue();
      neighbour.request(3, "GET", true).send();
      assertThat(neighbour.await(RawHttp2.HEADERS).stream()).isEqualTo(3);
      Await.until(
          "every exchange ends",
          () -> {
            var ledger = gateway.engine().ledger();
            return ledger.accepted() == ledger.completed() + ledger.refused() + ledger.aborted();
          });
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
