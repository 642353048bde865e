package io.expressgateway.http.h2;

import org.junit.jupiter.api.Test;

/** A header block that never ends (CVE-2024-27316). */
class ContinuationFloodTest {

  @Test
  void losesItsConnectionAndTroublesNobodyElse() throws Exception {
    Attack.meets(
        "h2-continuation-flood:goaway",
        client -> {
          client.settings();
          client.frame(RawHttp2.HEADERS, 1, 1, RawHttp2.block("GET"));
          for (int i = 0; i < 1000; i++) {
            client.frame(RawHttp2.CONTINUATION, 0, 1, new byte[0]);
          }
          client.send();
        });
  }
}
