package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes, cut anywhere: one result, no exception, nothing consumed behind the head. */
class RequestParserFuzzTest {

  @FuzzTest
  void cutsDoNotChangeTheResult(FuzzedDataProvider data) {
    int cut = data.consumeInt(0, 5000);
    byte[] wire = data.consumeRemainingAsBytes();
    String whole = ParserFixture.request(wire);
    assertThat(ParserFixture.request(wire, Math.min(cut, wire.length))).isEqualTo(whole);
    assertThat(ParserFixture.request(wire, ParserFixture.everywhere(wire))).isEqualTo(whole);
    NettyOracle.assertAgrees(wire, whole);
  }
}
