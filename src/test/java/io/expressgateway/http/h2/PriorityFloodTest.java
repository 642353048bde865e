package io.expressgateway.http.h2;

import org.junit.jupiter.api.Test;

/** PRIORITY without end. */
class PriorityFloodTest {

  @Test
  void losesItsConnectionAndTroublesNobodyElse() throws Exception {
    Attack.meets(
        "h2-priority-flood:goaway",
        client -> {
          client.settings();
          for (int i = 0; i < 2000; i++) {
            client.frame(RawHttp2.PRIORITY, 0, 1, new byte[] {0, 0, 0, 3, 16});
          }
          client.send();
        });
  }
}
