package io.expressgateway.http.h2;

import org.junit.jupiter.api.Test;

/** DATA that carries nothing. */
class EmptyDataFloodTest {

  @Test
  void losesItsConnectionAndTroublesNobodyElse() throws Exception {
    Attack.meets(
        "h2-empty-data-flood:goaway",
        client -> {
          client.settings();
          client.request(1, "POST", false);
          for (int i = 0; i < 1000; i++) {
            client.frame(RawHttp2.DATA, 0, 1, new byte[0]);
          }
          client.send();
        });
  }
}
