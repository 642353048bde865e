package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.message.HeaderBlock;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What our HPACK writer sends, read by Netty's decoder. */
class HpackWriterTest {

  private final HpackWriter writer = new HpackWriter();
  private final HpackOracle peer = new HpackOracle();

  private byte[] encode(FieldBlock fields) {
    int length = writer.encode(fields);
    return Arrays.copyOf(writer.bytes(), length);
  }

  private static HeaderBlock block(String... fields) {
    HeaderBlock block = new HeaderBlock();
    for (int i = 0; i < fields.length; i += 2) {
      block.add(fields[i], fields[i + 1]);
    }
    return block;
  }

  @Test
  void sendsAnIndexFromTheThirdTimeOn() throws Http2Exception {
    FieldBlock fields = FieldBlock.response(200, block("X-One", "first", "Server", "nginx"), null);
    encodeAndCheck(fields, ":status: 200", "x-one: first", "server: nginx");
    encodeAndCheck(fields, ":status: 200", "x-one: first", "server: nginx");
    int third = encodeAndCheck(fields, ":status: 200", "x-one: first", "server: nginx");
    assertThat(third).as("three indexes").isEqualTo(3);
  }

  private int encodeAndCheck(FieldBlock fields, String... lines) throws Http2Exception {
    byte[] section = encode(fields);
    assertThat(peer.netty(section)).containsExactly(lines);
    return section.length;
  }

  @Test
  void entersTheDateAtFirstSight() throws Http2Exception {
    FieldBlock fields = FieldBlock.response(204, block(), "Mon, 21 Oct 2013 20:13:21 GMT");
    encodeAndCheck(fields, ":status: 204", "date: Mon, 21 Oct 2013 20:13:21 GMT");
    int second = encodeAndCheck(fields, ":status: 204", "date: Mon, 21 Oct 2013 20:13:21 GMT");
    assertThat(second).isEqualTo(2);
  }

  @Test
  void neverIndexesCredentialsAndCookies() throws Http2Exception {
    FieldBlock fields =
        FieldBlock.request(
            "GET",
            "https",
            "",
            "/",
            block("Authorization", "Basic eA==", "Cookie", "a=1", "Set-Cookie", "b=2"));
    int first = 0;
    for (int i = 0; i < 4; i++) {
      byte[] section = encode(fields);
      assertThat(peer.netty(section))
          .contains("authorization: Basic eA==", "cookie: a=1", "set-cookie: b=2");
      first = first == 0 ? section.length : first;
      assertThat(section).hasSize(first);
      // RFC 7541 section 6.2.3: the pattern 0001 marks them for those further on.
      assertThat(section[3] & 0xf0).isEqualTo(0x10);
    }
  }

  @Test
  void leavesBehindWhatIsSpecificToAConnection() throws Http2Exception {
    FieldBlock fields =
        FieldBlock.response(
            200,
            block("Connection", "close", "Keep-Alive", "timeout=5", "TE", "gzip", "A", "b"),
            null);
    assertThat(peer.netty(encode(fields))).containsExactly(":status: 200", "a: b");
  }

  @Test
  void saysThatATableWasMadeSmallerAndLargerAgain() throws Http2Exception {
    FieldBlock fields = FieldBlock.response(200, block("x-one", "first"), null);
    for (int i = 0; i < 3; i++) {
      encodeAndCheck(fields, ":status: 200", "x-one: first");
    }
    writer.maxHeaderTableSize(0);
    writer.maxHeaderTableSize(4096);
    assertThat(encode(fields)[0] & 0xff).as("table size 0").isEqualTo(0x20);
  }

  @Test
  void usesNoTableWhenThePeerWantsNone() throws Http2Exception {
    writer.maxHeaderTableSize(0);
    FieldBlock fields = FieldBlock.response(200, block("x-one", "first"), null);
    int length = 0;
    for (int i = 0; i < 4; i++) {
      length = encodeAndCheck(fields, ":status: 200", "x-one: first");
    }
    assertThat(length).isGreaterThan(10);
  }

  @Test
  void staysInStepWithThePeerOverManyMessages() throws Http2Exception {
    Random random = new Random(9113);
    for (int message = 0; message < 20_000; message++) {
      HeaderBlock block = new HeaderBlock();
      List<String> expected = new ArrayList<>();
      expected.add(":status: " + (200 + random.nextInt(4)));
      for (int i = random.nextInt(8); i > 0; i--) {
        String name = random.nextBoolean() ? "x-" + random.nextInt(40) : "content-type";
        String value = "v".repeat(random.nextInt(200)) + random.nextInt(8);
        block.add(name, value);
        expected.add(name + ": " + value);
      }
      int status = Integer.parseInt(expected.getFirst().substring(9));
      assertThat(peer.netty(encode(FieldBlock.response(status, block, null))))
          .isEqualTo(List.copyOf(expected));
    }
  }
}
