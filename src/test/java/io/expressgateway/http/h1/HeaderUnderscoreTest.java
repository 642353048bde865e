package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.snapshot.ListenerSpec.UnderscoreHeaders;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** {@code Content_Length} and {@code Content-Length} are one name to CGI-like endpoints. */
class HeaderUnderscoreTest {

  private static final String REQUEST =
      "GET / HTTP/1.1\r\nHost: x\r\nX-Before: 1\r\nContent_Length: 5\r\nX-After: 2\r\n\r\n";

  @Test
  void rejectsByDefaultAndNamesTheKey() throws IOException {
    try (Stage stage = Stage.open()) {
      assertThat(stage.assertRefused(REQUEST, 400, "underscore-header").body())
          .contains("http.underscore-headers");
    }
  }

  @Test
  void dropsTheFieldWhenToldTo() throws IOException {
    assertThat(forwardedUnder(UnderscoreHeaders.DROP))
        .contains("X-Before: 1\r\nX-After: 2\r\n")
        .doesNotContain("Content_Length");
  }

  @Test
  void passesTheFieldWhenToldTo() throws IOException {
    assertThat(forwardedUnder(UnderscoreHeaders.ALLOW))
        .contains("X-Before: 1\r\nContent_Length: 5\r\nX-After: 2\r\n");
  }

  private static String forwardedUnder(UnderscoreHeaders policy) throws IOException {
    try (Stage stage = Stage.open(limits -> Stage.limits(limits).underscores(policy));
        RawClient client = stage.client()) {
      assertThat(client.send(REQUEST).read().status()).isEqualTo(200);
      return stage.forwarded().getFirst().head();
    }
  }
}
