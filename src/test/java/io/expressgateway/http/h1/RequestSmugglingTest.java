package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that two parsers could frame differently. {@code ~} stands for CRLF, {@code ^r}, {@code
 * ^n}, {@code ^0} and {@code ^t} for CR, LF, NUL and tab alone; the smuggled request rides behind.
 */
class RequestSmugglingTest {

  private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

  private static String wire(String text) {
    return text.replace("~", "\r\n")
        .replace("^r", "\r")
        .replace("^n", "\n")
        .replace("^0", "\0")
        .replace("^t", "\t");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5~Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked~Content-Length: 5",
        "Content-Length: 5~Content-Length: 6",
        "Content-Length: 5~Content-Length: 5",
        "Content-Length: 5, 5",
        "Content-Length: +5",
        "Content-Length: -5",
        "Content-Length: 0x5",
        "Content-Length: 5 5",
        "Content-Length: 1e1",
        "Content-Length:",
        "Content-Length: 18446744073709551621",
        "Content-Length: 9223372036854775808",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: chunked,",
        "Transfer-Encoding:",
        "Transfer-Encoding: chunked~Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked~Transfer-Encoding: identity",
        "Transfer-Encoding: gzip",
      })
  void refusesFramingThatTwoParsersCouldReadDifferently(String fields) throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused(
          wire("POST / HTTP/1.1~Host: x~" + fields + "~~0~~") + SMUGGLED, 400, "bad-framing");
    }
  }

  @Test
  void refusesTransferEncodingInHttp10() throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused(
          wire("POST / HTTP/1.0~Host: x~Transfer-Encoding: chunked~~0~~"), 400, "bad-framing");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip, chunked", "chunked, chunked", "identity, chunked"})
  void refusesCodingsBelowChunked(String codings) throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused(
          wire("POST / HTTP/1.1~Host: x~Transfer-Encoding: " + codings + "~~0~~"),
          501,
          "coding-not-supported");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-A: b~ folded: c",
        "X-A: b~^tfolded",
        "X-A: b^nX-B: c",
        "X-A: b^n",
        "X-A: b^rX-B: c",
        "X-A: b^r",
        "X-A: b^0c",
        "X-^0A: b",
        "X-A : b",
        "X-A^t: b",
        " X-A: b",
        ": b",
        "X-A",
        "X(A): b",
        "X-A: b\u0001c",
        "X-A: b\u007fc",
        "Transfer-Encoding : chunked",
        "Content-Length^t: 5",
        "X\u00c4: b",
      })
  void refusesMalformedHeaderLines(String line) throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused(
          wire("GET / HTTP/1.1~Host: x~" + line + "~~") + SMUGGLED, 400, "bad-header");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^0GET / HTTP/1.1",
        "\u0001GET / HTTP/1.1",
        " GET / HTTP/1.1",
        "^tGET / HTTP/1.1",
        "~~GET / HTTP/1.1",
        "^nGET / HTTP/1.1",
        "^rGET / HTTP/1.1",
        "GET  / HTTP/1.1",
        "GET /  HTTP/1.1",
        "GET^t/ HTTP/1.1",
        "GET / HTTP/1.1 ",
        "GET /a b HTTP/1.1",
        "GET /\u00e4 HTTP/1.1",
        "GET /a^0 HTTP/1.1",
        "GET /a#b HTTP/1.1",
        "GET / HTTP/1.1^n",
        "GET /^n HTTP/1.1",
        "GET /",
        "GET",
        "GET a HTTP/1.1",
        "GET * HTTP/1.1",
        "GET ftp://x/ HTTP/1.1",
        "G(T / HTTP/1.1",
        "GET / http/1.1",
        "GET / HTTP/1",
        "GET / HTTP/11",
        "GET / HTTP/+1.1",
        "GET / HTTP/1.1x",
      })
  void refusesMalformedRequestLines(String line) throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused(wire(line + "~Host: x~~") + SMUGGLED, 400, "bad-request-line");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "HTTP/3.0"})
  void refusesOtherVersions(String version) throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused(wire("GET / " + version + "~Host: x~~"), 505, "version-not-supported");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "bare LF after the size|5^nhello~0~~",
        "bare LF after an extension|5;a=b^nhello~0~~",
        "bare LF within an extension|5;a^nb~hello~0~~",
        "CR within an extension|5;a^rb~hello~0~~",
        "quoted extension|5;a=\"b\"~hello~0~~",
        "quoted extension with a line end|5;a=\"~\"~hello~0~~",
        "sign|+5~hello~0~~",
        "negative|-5~hello~0~~",
        "0x|0x5~hello~0~~",
        "overflow|10000000000000005~hello~0~~",
        "many digits|0000000000000005~hello~0~~",
        "white space before the size| 5~hello~0~~",
        "white space behind the size|5 ~hello~0~~",
        "no size|~hello~0~~",
        "extension only|;a~hello~0~~",
        "no digits|g~hello~0~~",
        "chunk longer than announced|5~helloo~0~~",
        "bare LF behind the data|5~hello^n0~~",
        "bare CR behind the data|5~hello^r0~~",
        "trailer that frames|5~hello~0~Content-Length: 3~~",
        "trailer that routes|5~hello~0~Host: y~~",
        "trailer that codes|5~hello~0~Transfer-Encoding: chunked~~",
        "folded trailer|5~hello~0~X: a~ b~~",
        "bare LF in a trailer|5~hello~0~X: a^n~~",
        "trailer without a colon|5~hello~0~X~~",
      })
  void refusesMalformedChunks(String what, String body) throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused(
          wire("POST / HTTP/1.1~Host: x~Transfer-Encoding: chunked~~" + body) + SMUGGLED,
          400,
          "bad-chunk");
    }
  }

  @Test
  void refusesOversizedChunkLines() throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused(
          wire("POST / HTTP/1.1~Host: x~Transfer-Encoding: chunked~~5;" + "a".repeat(300) + "~"),
          400,
          "bad-chunk");
    }
  }

  @Test
  void doesNotReuseAnUpstreamConnectionThatGotHalfABody() throws IOException {
    try (Stage stage = Stage.open();
        RawClient attacker = stage.client()) {
      attacker.send(wire("POST /half HTTP/1.1~Host: x~Transfer-Encoding: chunked~~5~hello~"));
      org.awaitility.Awaitility.await().until(() -> stage.forwarded().size() == 1);
      assertThat(attacker.send("zz\r\n").read().status()).isEqualTo(400);
      assertThat(attacker.isEnded()).isTrue();
      // The endpoint is left with a body that never ends, on a connection that nobody else gets.
      int connections = stage.endpoint.connections();
      stage.neighbourIsServed();
      assertThat(stage.endpoint.connections()).isEqualTo(connections + 1);
      assertThat(stage.forwarded().getFirst().receivedBody()).isEmpty();
    }
  }
}
