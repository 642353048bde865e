package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Our HPACK reader against the examples of RFC 7541 and against Netty's encoder. */
class HpackReaderTest {

  private final HpackOracle oracle = new HpackOracle();

  /** RFC 7541 appendix C.4: three requests with Huffman coding on one connection. */
  @Test
  void readsTheRequestsOfAppendixC4() {
    assertThat(oracle.ours(HpackOracle.bytes("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff")))
        .containsExactly(
            ":method: GET", ":path: /", ":scheme: http", ":authority: www.example.com");
    assertThat(oracle.ours(HpackOracle.bytes("8286 84be 5886 a8eb 1064 9cbf")))
        .containsExactly(
            ":method: GET",
            ":path: /",
            ":scheme: http",
            ":authority: www.example.com",
            "cache-control: no-cache");
    assertThat(
            oracle.ours(
                HpackOracle.bytes("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf")))
        .containsExactly(
            ":method: GET",
            ":path: /index.html",
            ":scheme: https",
            ":authority: www.example.com",
            "custom-key: custom-value");
  }

  /** RFC 7541 appendix C.6 with the default table: responses with Huffman coding. */
  @Test
  void readsTheFirstResponseOfAppendixC6() {
    assertThat(
            oracle.ours(
                HpackOracle.bytes(
                    "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6"
                        + "2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3")))
        .containsExactly(
            ":status: 302",
            "cache-control: private",
            "date: Mon, 21 Oct 2013 20:13:21 GMT",
            "location: https://www.example.com");
  }

  @Test
  void readsWhateverNettyEncodes() throws Http2Exception {
    Random random = new Random(7541);
    DefaultHttp2HeadersEncoder encoder =
        new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true);
    for (int message = 0; message < 2000; message++) {
      Http2Headers headers = new DefaultHttp2Headers(false);
      headers.method(random.nextBoolean() ? "GET" : "PATCH").path("/p" + random.nextInt(20));
      headers.scheme("https").authority("a.example");
      List<String> expected = new ArrayList<>();
      for (int i = random.nextInt(12); i > 0; i--) {
        headers.add("name-" + random.nextInt(30), text(random));
      }
      headers.forEach(field -> expected.add(field.getKey() + ": " + field.getValue()));
      ByteBuf out = Unpooled.buffer();
      encoder.encodeHeaders(3, headers, out);
      byte[] section = ByteBufUtil.getBytes(out);
      out.release();
      assertThat(oracle.ours(section)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(60); i > 0; i--) {
      text.append((char) (33 + random.nextInt(94)));
    }
    return text.toString();
  }

  @Test
  void refusesWhatIsNoHpack() {
    for (String hex :
        List.of(
            "80", // index 0
            "be", // an index of an empty table
            "ff ff ff ff ff 7f", // an integer without an end
            "00 05 61", // a name that ends early
            "00 01 61 85 ff ff ff ff ff", // EOS in a Huffman string
            "00 01 61 81 00", // Huffman padding that is not ones
            "82 3f e1 1f", // a size update behind a field
            "3f e2 1f", // a table larger than the default
            "40 01 61")) { // no value
      assertThat(new HpackOracle().ours(HpackOracle.bytes(hex)))
          .as(hex)
          .containsExactly("COMPRESSION_ERROR false");
    }
  }

  @Test
  void keepsTheTableRightBehindASectionThatIsTooLarge() throws Http2Exception {
    HpackReader reader = new HpackReader(100);
    // Enters a: 60 letters, then refers to it until the list is too large.
    String entry = "40 01 61 3c" + "62".repeat(60);
    ByteBuf large = Unpooled.wrappedBuffer(HpackOracle.bytes(entry + "be be be"));
    assertThatThrownBy(() -> reader.decodeHeaders(3, large))
        .isInstanceOf(Http2Exception.HeaderListSizeException.class);
    large.release();
    ByteBuf next = Unpooled.wrappedBuffer(HpackOracle.bytes("be"));
    FieldBlock fields = (FieldBlock) reader.decodeHeaders(5, next);
    next.release();
    assertThat(HpackOracle.lines(fields)).containsExactly("a: " + "b".repeat(60));
  }

  @Test
  void notesWhatNoMessageMayHold() throws Http2Exception {
    assertThat(read("00 01 41 01 62").isMalformed()).as("upper case").isTrue();
    assertThat(read("00 00 01 62").isMalformed()).as("no name").isTrue();
    assertThat(read("00 01 61 01 0d").isMalformed()).as("CR").isTrue();
    assertThat(read("00 01 61 02 20 62").isMalformed()).as("leading space").isTrue();
    assertThat(read("00 01 61 01 62 82").isMalformed()).as("pseudo-header behind a field").isTrue();
    assertThat(read("82 82").isMalformed()).as("a pseudo-header twice").isTrue();
    assertThat(read("00 02 3a 61 01 62").isMalformed()).as("an unknown pseudo-header").isTrue();
    assertThat(read("00 03 61 5f 62 01 63").hasUnderscore()).isTrue();
    assertThat(read("82 86 84 00 01 61 01 62").isMalformed()).isFalse();
  }

  private static FieldBlock read(String hex) throws Http2Exception {
    ByteBuf section = Unpooled.wrappedBuffer(HpackOracle.bytes(hex));
    try {
      return (FieldBlock) new HpackReader(HpackOracle.MAX_LIST_BYTES).decodeHeaders(3, section);
    } finally {
      section.release();
    }
  }

  @Test
  void joinsCookieCrumbsInTheirOrder() throws Http2Exception {
    // cookie: a=1, x: y, cookie: b=2, cookie: c=3
    FieldBlock fields =
        read("0f 11 03 61 3d 31 00 01 78 01 79 0f 11 03 62 3d 32 0f 11 03 63 3d 33");
    fields.joinCookies();
    assertThat(HpackOracle.lines(fields)).containsExactly("cookie: a=1; b=2; c=3", "x: y");
  }
}
