package io.expressgateway.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResponseHeadTest {

  @Test
  void beginsAsAnOrdinaryAnswerOfUnknownLength() {
    HeaderBlock headers = new HeaderBlock();
    ResponseHead head = new ResponseHead(headers);
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.reason()).isEmpty();
    assertThat(head.contentLength()).isEqualTo(ResponseHead.UNKNOWN_LENGTH);
    assertThat(head.headers()).isSameAs(headers);
  }

  @Test
  void anotherStatusDropsThePhraseOfTheOld() {
    ResponseHead head = new ResponseHead(new HeaderBlock());
    head.reset(404, "Nowhere", 12);
    assertThat(head.reason()).isEqualTo("Nowhere");
    head.status(503);
    assertThat(head.status()).isEqualTo(503);
    assertThat(head.reason()).isEmpty();
    assertThat(head.contentLength()).isEqualTo(12);
    head.contentLength(0);
    assertThat(head.contentLength()).isZero();
  }
}
