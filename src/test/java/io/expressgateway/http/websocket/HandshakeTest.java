package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.testing.FakeTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeTest {

  /** RFC 6455 section 1.3. */
  @Test
  void answersTheExampleOfTheRfc() {
    assertThat(Handshake.accept("dGhlIHNhbXBsZSBub25jZQ=="))
        .isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  }

  @Test
  void keysAreSixteenBytes() {
    assertThat(Handshake.isKey(Handshake.newKey(1, -1))).isTrue();
    assertThat(Handshake.newKey(1, 2)).isNotEqualTo(Handshake.newKey(2, 1));
    assertThat(Handshake.isKey("dGhlIHNhbXBsZSBub25jZQ")).isTrue();
    assertThat(Handshake.isKey("c2hvcnQ=")).isFalse();
    assertThat(Handshake.isKey("not base64!")).isFalse();
    assertThat(Handshake.isKey(null)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "permessage-deflate | DEFLATE",
        "Permessage-Deflate; client_max_window_bits=15 | DEFLATE",
        "permessage-deflate, other | ANY",
        "other; a=b, permessage-deflate | ANY",
        "x-webkit-deflate-frame | ANY",
        "'' | NONE"
      })
  void readsTheExtensionsThatWereAgreedOn(String value, ReservedBits agreed) {
    HeaderBlock head = new HeaderBlock();
    assertThat(ReservedBits.agreed(head)).isEqualTo(ReservedBits.NONE);
    head.add("Sec-WebSocket-Extensions", value);
    assertThat(ReservedBits.agreed(head)).isEqualTo(agreed);
  }

  @Test
  void pingsAreCountedInWindows() {
    FakeTicker ticker = new FakeTicker();
    FrameRate rate = new FrameRate(2, ticker);
    assertThat(rate.allows()).isTrue();
    assertThat(rate.allows()).isTrue();
    assertThat(rate.allows()).isFalse();
    ticker.advance(Duration.ofSeconds(10));
    assertThat(rate.allows()).isTrue();
  }
}
