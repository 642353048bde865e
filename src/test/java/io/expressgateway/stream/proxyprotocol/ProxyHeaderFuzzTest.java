package io.expressgateway.stream.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.expressgateway.stream.proxyprotocol.ProxyHeader.Command;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Complete;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Result;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;

/** Any bytes, cut anywhere: one result, no exception, and what was read can be written again. */
class ProxyHeaderFuzzTest {

  @FuzzTest
  void cutsDoNotChangeTheResult(FuzzedDataProvider data) {
    byte[] wire = data.consumeRemainingAsBytes();
    Result whole = Headers.parse(wire);
    assertThat(Headers.byteByByte(wire)).isEqualTo(whole);
    if (whole instanceof Complete complete) {
      assertThat(complete.length()).isBetween(15, wire.length);
      assertThat(Headers.parse(Arrays.copyOf(wire, complete.length()))).isEqualTo(whole);
      writesTheSame(complete.header());
    }
  }

  private static void writesTheSame(ProxyHeader header) {
    if (header.command() == Command.PROXY && header.source() != null) {
      byte[] written =
          Headers.take(ProxyHeaderEncoder.version2(UnpooledByteBufAllocator.DEFAULT, header, true));
      assertThat(Headers.header(written)).isEqualTo(header);
    }
  }
}
