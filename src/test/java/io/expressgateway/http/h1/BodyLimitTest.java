package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A body has a size at most, announced or not. */
class BodyLimitTest {

  private static HttpLimits small(HttpLimits limits) {
    return Stage.limits(limits).sizes(1000, 65_536, 256, 1000, 16);
  }

  @Test
  void answers413ToAnAnnouncedLengthBeforeAnyBody() throws IOException {
    try (Stage stage = Stage.open(BodyLimitTest::small);
        RawClient client = stage.client()) {
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
      assertRefused(stage, client);
      assertThat(stage.forwarded()).isEmpty();
    }
  }

  @Test
  void answers413ToChunksBeyondTheLimit() throws IOException {
    try (Stage stage = Stage.open(BodyLimitTest::small);
        RawClient client = stage.client()) {
      client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send("200\r\n" + "x".repeat(512) + "\r\n");
      client.send("200\r\n" + "x".repeat(512) + "\r\n");
      assertRefused(stage, client);
      assertThat(stage.forwarded()).allMatch(request -> request.receivedBody().length == 0);
    }
  }

  @Test
  void aClientThatIsStillSendingGetsTheAnswer() throws Exception {
    try (Stage stage = Stage.open(BodyLimitTest::small);
        RawClient client = stage.client()) {
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n");
      client.send(new byte[8_000_000]);
      assertRefused(stage, client);
    }
  }

  @Test
  void passesABodyOfExactlyTheLimit() throws IOException {
    try (Stage stage = Stage.open(BodyLimitTest::small);
        RawClient client = stage.client()) {
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(1000));
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(stage.forwarded().getFirst().receivedBody()).hasSize(1000);
    }
  }

  private static void assertRefused(Stage stage, RawClient client) throws IOException {
    RawClient.Response answer = client.read();
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.header("Connection")).isEqualTo("close");
    assertThat(answer.body()).contains("body-too-large");
    assertThat(client.isEnded()).isTrue();
    assertThat(stage.gateway.metrics.failures).contains("body-too-large");
    assertThat(stage.gateway.metrics.security).containsExactly("body-too-large:reject");
    stage.neighbourIsServed();
  }
}
