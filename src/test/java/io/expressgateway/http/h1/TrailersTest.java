package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.snapshot.ListenerSpec.UnderscoreHeaders;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trailers of a request: a second set of fields, held to the rules of the first. */
class TrailersTest {

  private static final String CHUNKED =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        "Host: evil",
        "Connection: close",
        "Upgrade: websocket",
        "TE: trailers",
        "Trailer: x",
        "Expect: 100-continue",
        "X : y",
        "X: a\u0000b",
      })
  void thatFrameAddressOrBreakAMessageAreRefused(String line) throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send(CHUNKED + line + "\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(400);
      assertThat(client.isEnded()).isTrue();
      assertThat(stage.gateway.metrics.security).containsExactly("bad-chunk:reject");
      stage.neighbourIsServed();
    }
  }

  @Test
  void thatNameAnotherClientAreStripped() throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send(CHUNKED + "X-Forwarded-For: 10.0.0.1\r\nForwarded: for=10.0.0.1\r\nX: y\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(stage.forwarded().getFirst().trailers()).isEqualTo("X: y\r\n");
      assertThat(stage.gateway.metrics.security).containsExactly("untrusted-forwarding:strip");
    }
  }

  @Test
  void withAnUnderscoreAreDropped() throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send(CHUNKED + "a_b: c\r\nX: y\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(stage.forwarded().getFirst().trailers()).isEqualTo("X: y\r\n");
    }
  }

  @Test
  void withAnUnderscorePassWhereThatIsAllowed() throws IOException {
    try (Stage stage =
            Stage.open(limits -> Stage.limits(limits).underscores(UnderscoreHeaders.ALLOW));
        RawClient client = stage.client()) {
      client.send(CHUNKED + "a_b: c\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(stage.forwarded().getFirst().trailers()).isEqualTo("a_b: c\r\n");
    }
  }

  @Test
  void aSecondExpectationIsRefused() throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused(
          "GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nExpect: x\r\n\r\n",
          417,
          "expectation-failed");
    }
  }
}
