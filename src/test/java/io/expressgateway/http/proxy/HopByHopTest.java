package io.expressgateway.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HopByHopTest {

  private static HeaderBlock block(String... namesAndValues) {
    HeaderBlock block = new HeaderBlock();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return block;
  }

  private static HeaderBlock request(String... namesAndValues) {
    HeaderBlock block = block(namesAndValues);
    HopByHop.stripRequest(block);
    return block;
  }

  @Test
  void aRequestLosesEveryFieldThatIsMeantForOneConnection() {
    HeaderBlock stripped =
        request(
            "Host", "h",
            "Connection", "keep-alive",
            "Keep-Alive", "timeout=5",
            "Proxy-Connection", "keep-alive",
            "TE", "gzip",
            "Transfer-Encoding", "chunked",
            "Upgrade", "h2c",
            "HTTP2-Settings", "AAMAAABk",
            "Accept", "*/*");
    assertThat(stripped).hasToString("Host: h\nAccept: */*\n");
  }

  @Test
  void aResponseLosesThemToo() {
    HeaderBlock block =
        block("Connection", "close, X-Trace", "X-Trace", "1", "Upgrade", "h2c", "Server", "s");
    HopByHop.stripResponse(block);
    assertThat(block).hasToString("Server: s\n");
  }

  @Test
  void fieldsThatConnectionNamesGoWhereverTheyStand() {
    HeaderBlock stripped =
        request(
            "X-Before", "1",
            "Connection", "x-before , ,X-AFTER,,not-there",
            "X-Kept", "2",
            "X-After", "3",
            "connection", "x-other",
            "x-after", "4",
            "X-Other", "5");
    assertThat(stripped).hasToString("X-Kept: 2\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host", "Content-Length", "Expect", "Cookie", "Via"})
  void connectionCannotTakeAwayWhatFramesOrAddressesTheMessage(String name) {
    HeaderBlock stripped =
        request(name, "7", "Connection", name.toUpperCase(java.util.Locale.ROOT));
    assertThat(stripped).hasToString(name + ": 7\n");
  }

  @Test
  void oddElementsOfConnectionAreHarmless() {
    HeaderBlock stripped = request("Connection", "a b, \u00e4, \"x\", ;", "A", "1");
    assertThat(stripped).hasToString("A: 1\n");
  }

  @Test
  void trailersAreStillAskedFor() {
    HeaderBlock stripped = request("TE", "deflate;q=0.5, Trailers", "Connection", "TE");
    assertThat(stripped.all("TE")).containsExactly("trailers");
    assertThat(stripped.contains(HeaderName.CONNECTION)).isFalse();
  }

  @Test
  void aMessageWithoutSuchFieldsIsLeftAlone() {
    assertThat(request("Host", "h", "A", "1")).hasToString("Host: h\nA: 1\n");
  }
}
