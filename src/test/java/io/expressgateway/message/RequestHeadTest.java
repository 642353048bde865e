package io.expressgateway.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestHeadTest {

  private static RequestHead head() {
    RequestHead head = new RequestHead(new HeaderBlock());
    head.reset("POST", "https", "a:1", "/p", "q=1", HttpVersion.HTTP_1_0);
    return head;
  }

  @ParameterizedTest
  @CsvSource({
    "shop.test, shop.test",
    "shop.test:8080, shop.test",
    "[2001:db8::1], [2001:db8::1]",
    "[2001:db8::1]:443, [2001:db8::1]",
    "192.0.2.1:80, 192.0.2.1",
    "shop.test:, shop.test",
    "'', ''"
  })
  void theHostIsTheAuthorityWithoutItsPort(String authority, String host) {
    RequestHead head = head();
    head.authority(authority);
    assertThat(head.host()).isEqualTo(host);
  }

  @Test
  void theTargetIsPathAndQuery() {
    RequestHead head = head();
    assertThat(head.target()).isEqualTo("/p?q=1");
    head.query("");
    assertThat(head.target()).isEqualTo("/p?");
    head.query(null);
    assertThat(head.target()).isEqualTo("/p");
  }

  @Test
  void resetForgetsTheRequestBefore() {
    RequestHead head = head();
    head.path("/edited");
    head.contentLength(RequestHead.UNKNOWN_LENGTH);
    assertThat(head.contentLength()).isEqualTo(-1);
    head.reset("GET", "http", "b", "/", null, HttpVersion.HTTP_1_1);
    assertThat(head.contentLength()).isZero();
    assertThat(head.method()).isEqualTo("GET");
    assertThat(head.scheme()).isEqualTo("http");
    assertThat(head.authority()).isEqualTo("b");
    assertThat(head.query()).isNull();
    assertThat(head.version()).isEqualTo(HttpVersion.HTTP_1_1);
  }

  @Test
  void versionsHaveTheNamesOfLogsAndOfVia() {
    assertThat(HttpVersion.HTTP_1_0.text()).isEqualTo("HTTP/1.0");
    assertThat(HttpVersion.HTTP_1_1.viaToken()).isEqualTo("1.1");
    assertThat(HttpVersion.HTTP_2.text()).isEqualTo("HTTP/2");
    assertThat(HttpVersion.HTTP_3.viaToken()).isEqualTo("3.0");
  }
}
