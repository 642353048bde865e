package io.expressgateway.http.h2;

import org.junit.jupiter.api.Test;

/** SETTINGS, each of which wants an ACK. */
class SettingsFloodTest {

  @Test
  void losesItsConnectionAndTroublesNobodyElse() throws Exception {
    Attack.meets(
        "h2-settings-flood:goaway",
        client -> {
          client.settings();
          for (int i = 0; i < 1000; i++) {
            client.settings();
          }
          client.send();
        });
  }
}
