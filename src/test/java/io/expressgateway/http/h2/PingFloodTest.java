package io.expressgateway.http.h2;

import org.junit.jupiter.api.Test;

/** PING, each of which wants an ACK. */
class PingFloodTest {

  @Test
  void losesItsConnectionAndTroublesNobodyElse() throws Exception {
    Attack.meets(
        "h2-ping-flood:goaway",
        client -> {
          client.settings();
          for (int i = 0; i < 1000; i++) {
            client.frame(RawHttp2.PING, 0, 0, new byte[8]);
          }
          client.send();
        });
  }
}
