package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An authority has one reading, or the request goes nowhere (RFC 9112 section 3.2). */
class AuthorityTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: a b",
        "Host: user@x",
        "Host: x:",
        "Host: x:99999",
        "Host: x:1:2",
        "Host: x:8a",
        "Host: :80",
        "Host: [::1",
        "Host: ::1",
        "Host: [::1]x",
        "Host: [127.0.0.1]",
        "Host: x/y",
        "Host: x?y",
        "Host: x#y",
        "Host: x\\y",
        "Host: http://x",
        "Host: \u00e4",
        "Host:",
        "Host: x\r\nHost: x",
        "Host: x\r\nhost: y",
        "X-Host: x",
      })
  void refusesMalformedRepeatedAndMissingHosts(String field) throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused("GET / HTTP/1.1\r\n" + field + "\r\n\r\n", 400, "bad-host");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://y/", "http://x@y/", "http:///", "http://", "http://x:/", "http://x:0x1/"})
  void refusesATargetThatNamesAnotherHost(String target) throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n", 400, "bad-host");
    }
  }

  @Test
  void refusesConnect() throws IOException {
    try (Stage stage = Stage.open()) {
      stage.assertRefused("CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n", 405, "connect-refused");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "x:80", "X.Example:8080", "127.0.0.1", "[::1]", "[2001:db8::1]:443"})
  void passesGoodAuthorities(String authority) throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      client.send("GET / HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(stage.forwarded().getFirst().header("X-Forwarded-Host")).isEqualTo(authority);
    }
  }
}
