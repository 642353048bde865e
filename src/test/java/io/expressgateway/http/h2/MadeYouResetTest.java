package io.expressgateway.http.h2;

import org.junit.jupiter.api.Test;

/** Stream errors that make the gateway reset (CVE-2025-8671). */
class MadeYouResetTest {

  @Test
  void losesItsConnectionAndTroublesNobodyElse() throws Exception {
    Attack.meets(
        "h2-made-you-reset:goaway",
        client -> {
          client.settings();
          for (int i = 0; i < 400; i++) {
            client.request(1 + 2 * i, "GET", true);
            client.frame(RawHttp2.WINDOW_UPDATE, 0, 1 + 2 * i, RawHttp2.number(0));
          }
          client.send();
        });
  }
}
