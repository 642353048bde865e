package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.expressgateway.snapshot.ListenerSpec;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Connections beyond a cap are closed before any work, and a freed place is given again. */
class ConnectionCapsTest {

  @Test
  void closesTheConnectionBeyondTheCapOfItsAddress() throws IOException {
    try (Stage stage = capped(100, 2)) {
      assertCapped(stage);
    }
  }

  @Test
  void closesTheConnectionBeyondTheCapOfTheListener() throws IOException {
    try (Stage stage = capped(2, 100)) {
      assertCapped(stage);
    }
  }

  // The neighbour holds one place.
  private static void assertCapped(Stage stage) throws IOException {
    try (RawClient second = stage.client()) {
      assertThat(second.get("/second").read().status()).isEqualTo(200);
      try (RawClient third = stage.client()) {
        assertThat(third.isEnded()).isTrue();
      }
      assertThat(stage.gateway.metrics.security).containsExactly("connection-caps:close");
      assertThat(second.get("/again").read().status()).isEqualTo(200);
      stage.neighbourIsServed();
    }
    await()
        .untilAsserted(() -> {
          try (RawClient next = stage.client()) {
            assertThat(next.get("/next").read().status()).isEqualTo(200);
          }
        });
    assertThat(stage.forwarded()).extracting(RawEndpoint.Request::target).doesNotContain("/third");
  }

  private static Stage capped(int total, int perAddress) throws IOException {
    return Stage.listening(
        RawEndpoint.echoingTarget(),
        spec ->
            new ListenerSpec(
                spec.name(),
                spec.bind(),
                spec.protocol(),
                total,
                perAddress,
                spec.trustedProxies(),
                spec.trustedProxyPattern(),
                spec.forwarding(),
                spec.accessLog(),
                spec.http()));
  }
}
