package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parsers over whole, cut and random input, with Netty's codec as the plain oracle. */
class ParserTest {

  private static final String[] PIECES = {
    "GET",
    "POST",
    "M-SEARCH",
    " ",
    "  ",
    "/",
    "/a?b",
    "*",
    "http://x/a",
    "HTTP/1.1",
    "HTTP/1.0",
    "\r\n",
    "\r\n",
    "\r\n",
    "\n",
    "\r",
    "Host: x",
    "Host:x:80",
    "Content-Length: 3",
    "\r\n\r\n",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
    "X-A: b",
    "x-a:\t b \t",
    "Connection: close, upgrade",
    "Upgrade: websocket",
    "Expect: 100-continue",
    "X_Y: z",
    ":",
    "\t",
    "\0",
    "\u00e4",
    "abc",
    "HTTP/1.1 200 OK",
    "HTTP/1.1 204",
    "Cookie: a=b",
    "Via:"
  };

  private static final String[] CHUNK_PIECES = {
    "0",
    "1",
    "3",
    "a",
    "5",
    "\r\n",
    "\r\n",
    "\r\n",
    "\n",
    "\r",
    ";",
    "x=y",
    "\"",
    "abc",
    "hello",
    "0\r\n\r\n",
    "3\r\nabc\r\n",
    "5;a\r\nhello\r\n",
    "X-T: u\r\n",
    "0\r\n",
    "f",
    " "
  };

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\r\nGET /a/b?c=d HTTP/1.1\r\nhost:x:80\r\nX-A: \t b c \r\n\r\ntail",
        "POST http://x/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
        "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n",
        "OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nBad : y\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
      })
  void readsARequestTheSameWhereverItIsCut(String text) {
    byte[] wire = Wire.bytes(text);
    String whole = ParserFixture.request(wire);
    assertThat(whole).isNotEqualTo("INCOMPLETE");
    for (int cut = 0; cut <= wire.length; cut++) {
      assertThat(ParserFixture.request(wire, cut)).isEqualTo(whole);
    }
    assertThat(ParserFixture.request(wire, ParserFixture.everywhere(wire))).isEqualTo(whole);
    NettyOracle.assertAgrees(wire, whole);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.0 404\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        "HTTP/1.1 299 \r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 99 No\r\n\r\n",
        "HTTP/1.1 2x0 No\r\n\r\n",
        "HTTP/1.1 200OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 O\u0001K\r\n\r\n",
      })
  void readsAResponseTheSameWhereverItIsCut(String text) {
    byte[] wire = Wire.bytes(text);
    for (boolean toHead : new boolean[] {false, true}) {
      String whole = ParserFixture.response(wire, toHead);
      assertThat(whole).isNotEqualTo("INCOMPLETE");
      for (int cut = 0; cut <= wire.length; cut++) {
        assertThat(ParserFixture.response(wire, toHead, cut)).isEqualTo(whole);
      }
      assertThat(ParserFixture.response(wire, toHead, ParserFixture.everywhere(wire)))
          .isEqualTo(whole);
      NettyOracle.assertResponseAgrees(wire, whole);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0\r\n\r\n",
        "5\r\nhello\r\n0\r\n\r\nGET",
        "1\r\na\r\n2;x=y\r\nbc\r\nA\r\n0123456789\r\n000\r\nX-T: u\r\nY:\r\n\r\n",
        "5\r\nhello\r\n0\r\nHost: x\r\n\r\n",
      })
  void readsChunksTheSameWhereverTheyAreCut(String text) {
    byte[] wire = Wire.bytes(text);
    String whole = ParserFixture.chunks(wire);
    for (int cut = 0; cut <= wire.length; cut++) {
      assertThat(ParserFixture.chunks(wire, cut)).isEqualTo(whole);
    }
    assertThat(ParserFixture.chunks(wire, ParserFixture.everywhere(wire))).isEqualTo(whole);
    NettyOracle.assertChunksAgree(wire, whole);
  }

  @Test
  void agreesWithNettyOnRandomHeads() {
    Random random = new Random(42);
    int accepted = 0;
    for (int round = 0; round < 60_000; round++) {
      byte[] wire = Wire.bytes(head(random));
      String ours = ParserFixture.request(wire);
      int cut = random.nextInt(wire.length + 1);
      assertThat(ParserFixture.request(wire, cut)).isEqualTo(ours);
      NettyOracle.assertAgrees(wire, ours);
      accepted += Character.isDigit(ours.charAt(0)) ? 1 : 0;
      String answer = ParserFixture.response(wire, round % 2 == 0);
      NettyOracle.assertResponseAgrees(wire, answer);
    }
    assertThat(accepted).isGreaterThan(500);
  }

  @Test
  void agreesWithNettyOnRandomChunks() {
    Random random = new Random(43);
    int accepted = 0;
    for (int round = 0; round < 60_000; round++) {
      byte[] wire = Wire.bytes(mix(random, CHUNK_PIECES, 8) + "0\r\n\r\n");
      String ours = ParserFixture.chunks(wire);
      assertThat(ParserFixture.chunks(wire, random.nextInt(wire.length + 1))).isEqualTo(ours);
      NettyOracle.assertChunksAgree(wire, ours);
      accepted += Character.isDigit(ours.charAt(0)) ? 1 : 0;
    }
    assertThat(accepted).isGreaterThan(500);
  }

  private static String head(Random random) {
    if (random.nextInt(4) == 0) {
      return mix(random, PIECES, 12) + "\r\n\r\n";
    }
    StringBuilder head = new StringBuilder("GET /a HTTP/1.1\r\nHost: x\r\n");
    for (int i = random.nextInt(4); i > 0; i--) {
      head.append(PIECES[random.nextInt(PIECES.length)]);
      head.append(random.nextInt(8) == 0 ? mix(random, PIECES, 2) : "");
      head.append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  private static String mix(Random random, String[] pieces, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      text.append(pieces[random.nextInt(pieces.length)]);
    }
    return text.toString();
  }
}
