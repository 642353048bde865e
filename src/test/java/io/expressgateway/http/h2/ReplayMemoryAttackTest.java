package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.FaultyEndpoint;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import org.junit.jupiter.api.Test;

/**
 * Uploads to an endpoint that does not answer: what is kept to be sent again has a bound as well.
 */
class ReplayMemoryAttackTest {

  private static final int STREAMS = 200;
  private static final int FRAME_BYTES = 15_000;

  @Test
  void whoMakesUsKeepTooMuchIsSentAway() throws Exception {
    FaultyEndpoint.Script silent =
        connection -> {
          connection.readRequest();
          connection.awaitEnd();
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(silent);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                // One percent of a gigabyte: less than what 200 streams of 60 KB keep.
                .rules(Rules.DEFAULTS.with(Rule.HELD_BYTES, 1, false))
                .start();
        RawHttp2 attacker = new RawHttp2(gateway.port())) {
      attacker.settings();
      byte[] piece = new byte[FRAME_BYTES];
      for (int i = 0; i < STREAMS; i++) {
        attacker.request(2 * i + 1, "POST", false);
        for (int frame = 0; frame < 4; frame++) {
          attacker.frame(RawHttp2.DATA, 0, 2 * i + 1, piece);
        }
      }
      attacker.send();
      assertThat(attacker.await(RawHttp2.GOAWAY).payload()[7])
          .isEqualTo((byte) RawHttp2.ENHANCE_YOUR_CALM);
      assertThat(gateway.metrics.security).contains("held-bytes:goaway");
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
