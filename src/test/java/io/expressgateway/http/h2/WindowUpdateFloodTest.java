package io.expressgateway.http.h2;

import org.junit.jupiter.api.Test;

/** WINDOW_UPDATE that no DATA explains. */
class WindowUpdateFloodTest {

  @Test
  void losesItsConnectionAndTroublesNobodyElse() throws Exception {
    Attack.meets(
        "h2-window-update-flood:goaway",
        client -> {
          client.settings();
          for (int i = 0; i < 2000; i++) {
            client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(1));
          }
          client.send();
        });
  }
}
