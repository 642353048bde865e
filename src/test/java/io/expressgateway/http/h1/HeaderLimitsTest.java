package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A head has a size and a number of fields at most. */
class HeaderLimitsTest {

  private static HttpLimits small(HttpLimits limits) {
    return Stage.limits(limits).sizes(1000, 4096, 8, 1 << 20, 16);
  }

  @Test
  void answers431ToALargeHead() throws IOException {
    try (Stage stage = Stage.open(HeaderLimitsTest::small)) {
      stage.assertRefused(
          "GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + "x".repeat(5000) + "\r\n\r\n",
          431,
          "header-too-large");
    }
  }

  @Test
  void answers431ToAHeadThatIsLargeAndHasNoEnd() throws IOException {
    try (Stage stage = Stage.open(HeaderLimitsTest::small)) {
      stage.assertRefused(
          "GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + "x".repeat(6000), 431, "header-too-large");
    }
  }

  @Test
  void answers431ToManyFields() throws IOException {
    try (Stage stage = Stage.open(HeaderLimitsTest::small)) {
      stage.assertRefused(
          "GET / HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n".repeat(8) + "\r\n", 431, "header-too-large");
    }
  }

  @Test
  void answers414ToALongTarget() throws IOException {
    try (Stage stage = Stage.open(HeaderLimitsTest::small)) {
      stage.assertRefused(
          "GET /" + "x".repeat(6000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414, "uri-too-long");
    }
  }

  @Test
  void answers414ToATargetJustBeyondTheLimit() throws IOException {
    try (Stage stage = Stage.open(HeaderLimitsTest::small)) {
      stage.assertRefused(
          "GET /" + "x".repeat(4100) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414, "uri-too-long");
    }
  }

  @Test
  void countsTrailersAgainstTheSameLimits() throws IOException {
    try (Stage stage = Stage.open(HeaderLimitsTest::small)) {
      stage.assertRefused(
          "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
              + "X: y\r\n".repeat(9)
              + "\r\n",
          400,
          "bad-chunk");
    }
  }

  @Test
  void passesAHeadOfExactlyTheLimits() throws IOException {
    try (Stage stage = Stage.open(HeaderLimitsTest::small);
        RawClient client = stage.client()) {
      String head = "GET / HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n".repeat(6);
      String last = "X: " + "y".repeat(4096 - head.length() - 7) + "\r\n\r\n";
      assertThat((head + last).length()).isEqualTo(4096);
      assertThat(client.send(head + last).read().status()).isEqualTo(200);
    }
  }
}
