package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes, cut anywhere: one result, no exception, nothing consumed behind the trailers. */
class ChunkParserFuzzTest {

  @FuzzTest
  void cutsDoNotChangeTheResult(FuzzedDataProvider data) {
    int cut = data.consumeInt(0, 3000);
    byte[] wire = data.consumeRemainingAsBytes();
    String whole = ParserFixture.chunks(wire);
    assertThat(ParserFixture.chunks(wire, Math.min(cut, wire.length))).isEqualTo(whole);
    assertThat(ParserFixture.chunks(wire, ParserFixture.everywhere(wire))).isEqualTo(whole);
    NettyOracle.assertChunksAgree(wire, whole);
  }
}
