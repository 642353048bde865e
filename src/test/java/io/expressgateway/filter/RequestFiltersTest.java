package io.expressgateway.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.expressgateway.message.RequestHead;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** What the comparison with Spring Cloud Gateway cannot show, or where ours is meant to differ. */
class RequestFiltersTest {

  private static RequestHead through(FakeFilterExchange exchange, String... filters) {
    for (String filter : filters) {
      exchange.through(Filters.of(filter));
    }
    return exchange.request;
  }

  @Test
  void rewritePathThatLeavesNothingIsTheRoot() {
    RequestHead request =
        through(FakeFilterExchange.get("/red"), "RewritePath=/red(?<segment>/?.*), $\\{segment}");
    assertThat(request.path()).isEqualTo("/");
  }

  @Test
  void rewritePathMayNotMakeARelativePathOrASpace() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> through(FakeFilterExchange.get("/red"), "RewritePath=/red, red"))
        .withMessageContaining("slash");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> through(FakeFilterExchange.get("/red"), "RewritePath=/red, /r d"))
        .withMessageContaining("white space");
  }

  @Test
  void pathFiltersLeaveTheAsteriskAlone() {
    RequestHead request =
        through(
            FakeFilterExchange.get("*"),
            "StripPrefix=1",
            "PrefixPath=/x",
            "SetPath=/x",
            "RewritePath=., /x");
    assertThat(request.path()).isEqualTo("*");
  }

  @Test
  void prefixesOnlyOnce() {
    assertThat(through(FakeFilterExchange.get("/c"), "PrefixPath=/b", "PrefixPath=/a").path())
        .isEqualTo("/b/c");
  }

  @Test
  void aTemplateWithoutItsVariableFails() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> through(FakeFilterExchange.get("/"), "SetPath=/{segment}"))
        .withMessageContaining("'segment'");
  }

  @Test
  void keepsEscapesOfAnAddedParameterWhereTheRequestHasSome() {
    FakeFilterExchange exchange = FakeFilterExchange.get("/a%20b").variable("v", "1%202 3%");
    assertThat(through(exchange, "AddRequestParameter=x, {v}").query()).isEqualTo("x=1%202%203%25");
  }

  @Test
  void encodesAnAddedParameterBeyondAscii() {
    for (String target : new String[] {"/", "/%20"}) {
      assertThat(through(FakeFilterExchange.get(target), "AddRequestParameter=x, é 1").query())
          .isEqualTo("x=%C3%A9%201");
    }
  }

  @Test
  void readsAPercentSignThatEscapesNothingAsItself() {
    assertThat(
            through(FakeFilterExchange.get("/?a=100%&b=1&c=%zz"), "RemoveRequestParameter=b")
                .query())
        .isEqualTo("a=100%25&c=%25zz");
  }

  @Test
  void aRequestWithoutQueryStaysWithout() {
    RequestHead request =
        through(
            FakeFilterExchange.get("/"),
            "RemoveRequestParameter=b",
            "RewriteRequestParameter=b, c");
    assertThat(request.query()).isNull();
    assertThat(through(FakeFilterExchange.get("/?b=1"), "RemoveRequestParameter=b").query())
        .isNull();
  }

  @Test
  void aLineBreakInAVariableDoesNotSplitTheHead() {
    FakeFilterExchange exchange = FakeFilterExchange.get("/").variable("v", "a\r\nX-Evil: 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> through(exchange, "AddRequestHeader=X-A, {v}"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> through(exchange, "SetRequestHostHeader={v}"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> through(exchange, "AddResponseHeader=X-A, {v}"));
    assertThat(exchange.request.headers().size()).isZero();
    assertThat(exchange.response.headers().size()).isZero();
    assertThat(exchange.request.authority()).isEqualTo("example.org");
    assertThat(through(exchange, "SetPath=/{v}").path()).isEqualTo("/a%0D%0AX-Evil:%201");
  }

  @Test
  void hostIsTheAuthority() {
    FakeFilterExchange exchange = FakeFilterExchange.get("/").variable("t", "acme");
    through(
        exchange,
        "AddRequestHeader=Host, added",
        "RemoveRequestHeader=Host",
        "MapRequestHeader=Host, X-Original-Host");
    assertThat(exchange.request.headers().get("x-original-host")).isEqualTo("example.org");
    through(exchange, "SetRequestHeader=host, set:81");
    assertThat(exchange.request.authority()).isEqualTo("set:81");
    assertThat(exchange.preserveHost).isFalse();
    through(exchange, "SetRequestHostHeader={t}.internal");
    assertThat(exchange.request.authority()).isEqualTo("acme.internal");
    assertThat(exchange.preserveHost).isTrue();
  }

  @Test
  void addsAHostWhereThereIsNone() {
    FakeFilterExchange exchange = FakeFilterExchange.get("/");
    exchange.request.authority("");
    through(exchange, "MapRequestHeader=Host, X-Original-Host", "AddRequestHeader=Host, a");
    assertThat(exchange.request.authority()).isEqualTo("a");
    assertThat(exchange.request.headers().size()).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> through(exchange.variable("e", ""), "SetRequestHostHeader={e}"));
  }

  @Test
  void doesNotRemoveWhatDelimitsTheBody() {
    FakeFilterExchange exchange = FakeFilterExchange.get("/").with("Transfer-Encoding", "chunked");
    exchange.response.headers().add("Content-Length", "3");
    exchange.response.headers().add("Content-Length", "3");
    through(
        exchange,
        "RemoveRequestHeader=transfer-encoding",
        "RemoveResponseHeader=content-length",
        "DedupeResponseHeader=Content-Length");
    assertThat(exchange.request.headers().size()).isEqualTo(1);
    assertThat(exchange.response.headers().size()).isEqualTo(2);
  }

  @Test
  void preservesTheHost() {
    FakeFilterExchange exchange = FakeFilterExchange.get("/");
    through(exchange, "PreserveHostHeader");
    assertThat(exchange.preserveHost).isTrue();
  }

  @Test
  void redirectsInAscii() {
    FakeFilterExchange exchange = FakeFilterExchange.get("/?q=%C3%A9");
    through(exchange, "RedirectTo=302, https://x/é, true");
    assertThat(exchange.answer)
        .isEqualTo(LocalResponse.of(302, "Location", "https://x/%C3%A9?q=%C3%A9"));
    assertThat(exchange.why).isNull();
  }

  @Test
  void refusesALongAnnouncedBodyAndLimitsOthers() {
    FakeFilterExchange exchange = FakeFilterExchange.get("/");
    exchange.request.contentLength(5_000_001);
    exchange.through(Filters.of("RequestSize"));
    assertThat(exchange.answer)
        .isEqualTo(
            LocalResponse.of(
                413,
                "errorMessage",
                "Request size is larger than permissible limit. Request size is 5.0 MB where"
                    + " permissible limit is 5.0 MB"));
    assertThat(exchange.why).isEqualTo("request-body-too-large");

    FakeFilterExchange chunked = FakeFilterExchange.get("/");
    chunked.request.contentLength(RequestHead.UNKNOWN_LENGTH);
    chunked.through(Filters.of("RequestSize", "maxSize", "2KB"));
    assertThat(chunked.answer).isNull();
    assertThat(chunked.maxRequestBody).isEqualTo(2048);
  }

  @Test
  void readsSizesInEveryUnit() {
    String[] written = {"7", "7B", "7KB", "7MB", "7GB", "7TB"};
    for (int i = 0; i < written.length; i++) {
      FakeFilterExchange exchange = FakeFilterExchange.get("/");
      exchange.through(Filters.of("RequestSize=" + written[i]));
      assertThat(exchange.maxRequestBody).isEqualTo(i == 0 ? 7 : 7L << (10 * (i - 1)));
    }
    assertThat(RequestSize.readable(999)).isEqualTo("999 B");
    assertThat(RequestSize.readable(1500)).isEqualTo("1.5 kB");
    assertThat(RequestSize.readable(3_000_000_000L)).isEqualTo("3.0 GB");
  }

  @Test
  void refusesAHeaderOverTheSizeAndSaysWhich() {
    FakeFilterExchange exchange =
        FakeFilterExchange.get("/")
            .with("X-Small", "1")
            .with("X-Large", "123456789")
            .with("x-large", "\u00e9123456");
    exchange.through(Filters.of("RequestHeaderSize", "maxSize", "20B", "errorHeaderName", "X-E"));
    assertThat(exchange.answer)
        .isEqualTo(
            LocalResponse.of(
                431,
                "X-E",
                "Request Header/s size is larger than permissible limit (20B)."
                    + " Request Header/s size for 'x-large' is 24B."));
    assertThat(exchange.why).isEqualTo("request-header-too-large");
  }

  @Test
  void letsSmallHeadersPass() {
    FakeFilterExchange exchange = FakeFilterExchange.get("/").with("A", "1").with("B", "1");
    exchange.through(Filters.of("RequestHeaderSize"), Filters.of("RequestHeaderSize=2B"));
    assertThat(exchange.answer).isNull();
  }

  @Test
  void sendsToTheUriInAHeader() {
    FakeFilterExchange exchange =
        FakeFilterExchange.get("/").with("X-To", "https://other.example:8443/x?y=é");
    through(exchange, "RequestHeaderToRequestUri=x-to");
    assertThat(exchange.upstreamUri).isEqualTo(URI.create("https://other.example:8443/x?y=%C3%A9"));
  }

  @Test
  void staysWithTheRouteWhenTheHeaderHoldsNoHttpUri() {
    for (String uri : new String[] {"file:///etc/passwd", "/x", "http:///x", "ht tp://x", ""}) {
      FakeFilterExchange exchange = FakeFilterExchange.get("/").with("X-To", uri);
      through(exchange, "RequestHeaderToRequestUri=X-To", "RequestHeaderToRequestUri=X-Absent");
      assertThat(exchange.upstreamUri).isNull();
    }
  }

  @Test
  void sendsToATemplate() {
    FakeFilterExchange exchange = FakeFilterExchange.get("/").variable("host", "a.example");
    through(exchange, "SetRequestUri=http://{host}:81/x//y");
    assertThat(exchange.upstreamUri).isEqualTo(URI.create("http://a.example:81/x//y"));
    FakeFilterExchange odd = FakeFilterExchange.get("/").variable("host", "a b");
    through(odd, "SetRequestUri=http://{host}/");
    assertThat(odd.upstreamUri).isNull();
  }
}
