package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes, cut anywhere: one result, no exception, nothing consumed behind the head. */
class ResponseParserFuzzTest {

  @FuzzTest
  void cutsDoNotChangeTheResult(FuzzedDataProvider data) {
    int cut = data.consumeInt(0, 5000);
    boolean toHead = data.consumeBoolean();
    byte[] wire = data.consumeRemainingAsBytes();
    String whole = ParserFixture.response(wire, toHead);
    assertThat(ParserFixture.response(wire, toHead, Math.min(cut, wire.length))).isEqualTo(whole);
    assertThat(ParserFixture.response(wire, toHead, ParserFixture.everywhere(wire)))
        .isEqualTo(whole);
  }
}
