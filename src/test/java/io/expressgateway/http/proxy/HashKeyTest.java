package io.expressgateway.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashKeyTest {

  private static final byte[] ADDRESS = {10, 0, 0, 1};

  private static RequestHead head(String path, String... namesAndValues) {
    RequestHead head = new RequestHead(new HeaderBlock());
    head.reset("GET", "http", "h", path, "q=1", HttpVersion.HTTP_1_1);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      head.headers().add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return head;
  }

  private static long of(String hashOn, RequestHead head) {
    return HashKey.of(hashOn, head, ADDRESS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a=1; sid=x; b=2   | x",
        "sid=x             | x",
        "sid=              | ''",
        "a=1;sid=x         | x",
        "a=1 ;  sid = x  ;b| x",
        "sid=x=y==         | x=y==",
        "xsid=n; sidx=n; sid=x | x",
        "sid; sid=x        | x",
        "=sid; ;; sid=x    | x",
        "sid=x; sid=y      | x",
        "SID=x             | ",
        "sid               | ",
        "a=sid=x           | ",
      })
  void findsACookieAmongOthers(String line, String value) {
    HeaderBlock headers = new HeaderBlock();
    headers.add("cookie", line);
    assertThat(HashKey.cookie(headers, "sid")).isEqualTo(value);
  }

  @Test
  void looksForACookieInEveryField() {
    assertThat(HashKey.cookie(head("/", "Cookie", "a=1", "Cookie", "sid=x").headers(), "sid"))
        .isEqualTo("x");
    assertThat(HashKey.cookie(head("/").headers(), "sid")).isNull();
  }

  @Test
  void hashesWhatHashOnNamesAndNothingElse() {
    RequestHead one = head("/p", "X-User", "u", "Cookie", "sid=s");
    RequestHead otherPath = head("/o", "x-user", "u", "Cookie", "a=1; sid=s");
    assertThat(of("header:X-User", otherPath)).isEqualTo(of("header:X-User", one));
    assertThat(of("cookie:sid", otherPath)).isEqualTo(of("cookie:sid", one));
    assertThat(of("path", otherPath)).isNotEqualTo(of("path", one));
    assertThat(of("source-ip", otherPath)).isEqualTo(of("source-ip", one));
    assertThat(HashKey.of("source-ip", one, new byte[] {10, 0, 0, 2}))
        .isNotEqualTo(of("source-ip", one));
  }

  @Test
  void requestsWithoutTheHeaderOrCookieHashAlike() {
    assertThat(of("header:X-User", head("/a"))).isEqualTo(of("header:X-User", head("/b")));
    assertThat(of("cookie:sid", head("/a", "Cookie", "x=1")))
        .isEqualTo(of("cookie:sid", head("/b")));
  }

  @Test
  void theHighBitsOfShortKeysDiffer() {
    Set<Long> high = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      high.add(of("path", head("/" + i)) >>> 44);
    }
    // 1000 draws of 2^20 places collide less than once on average; 20 would be a broken mixer.
    assertThat(high).hasSizeGreaterThan(980);
  }
}
