package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Chunk extensions, RFC 9112 section 7.1.1: two parsers that disagree about where one ends disagree
 * about where the message ends. Netty's decoder is the second parser.
 */
class ChunkExtensionTest {

  private static byte[] body(String extension) {
    return Wire.bytes("5" + extension + "\r\nhello\r\n0" + extension + "\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ";a", ";a=b", ";a=1;b;c=x~y", ";!#$=%&'"})
  void namesWithOrWithoutATokenAreDropped(String extension) {
    byte[] wire = body(extension);
    String read = ParserFixture.chunks(wire);
    assertThat(read).isEqualTo(wire.length + " hello\n");
    assertThat(ParserFixture.chunks(wire, ParserFixture.everywhere(wire))).isEqualTo(read);
    NettyOracle.assertChunksAgree(wire, read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ";",
        ";;",
        ";=",
        ";=b",
        ";a=",
        ";a=,",
        ";a,b",
        ";a=b=c",
        ";a=b;",
        ";a/b",
        ";a=\u00e4",
        "; a",
        ";a ",
        ";a =b",
        ";a= b",
        " ;a",
        ";a\t",
        ";a=\"b\"",
        ";a=b\u007f"
      })
  void everythingElseIsRefused(String extension) {
    byte[] wire = body(extension);
    assertThat(ParserFixture.chunks(wire)).isEqualTo("BAD");
    assertThat(ParserFixture.chunks(wire, ParserFixture.everywhere(wire))).isEqualTo("BAD");
  }
}
