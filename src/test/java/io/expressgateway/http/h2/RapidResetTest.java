package io.expressgateway.http.h2;

import org.junit.jupiter.api.Test;

/** Requests that are reset at once (CVE-2023-44487). */
class RapidResetTest {

  @Test
  void losesItsConnectionAndTroublesNobodyElse() throws Exception {
    Attack.meets(
        "h2-rapid-reset:goaway",
        client -> {
          client.settings();
          for (int i = 0; i < 400; i++) {
            client.request(1 + 2 * i, "GET", true);
            client.frame(RawHttp2.RST_STREAM, 0, 1 + 2 * i, RawHttp2.number(8));
          }
          client.send();
        });
  }
}
