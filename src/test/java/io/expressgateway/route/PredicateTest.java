package io.expressgateway.route;

import static io.expressgateway.route.TestRoutes.holds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each predicate in its exact sense. */
class PredicateTest {

  private static final String NOON = "2026-01-01T12:00:00Z";

  @Test
  void timesAreStrictAndTakeZonesAndMillis() {
    TestRequest noon = TestRequest.get("/").at(Instant.parse(NOON));
    assertThat(holds("After=2026-01-01T11:59:59+00:00[Europe/London]", noon)).isTrue();
    assertThat(holds("After=" + NOON, noon)).isFalse();
    assertThat(holds("Before=" + NOON, noon)).isFalse();
    assertThat(holds("Before=" + Instant.parse(NOON).plusMillis(1).toEpochMilli(), noon)).isTrue();
    assertThat(holds("Between=2026-01-01T11:00:00Z, 2026-01-01T13:00:00Z", noon)).isTrue();
    assertThat(holds("Between=2026-01-01T13:00:00Z, 2026-01-01T14:00:00Z", noon)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'a=1; chocolate=chip; b=2', true",
    "'chocolate=\"chap\"', true",
    "'chocolate=chips', false",
    "'xchocolate=chip', false",
    "'Chocolate=chip', false",
  })
  void cookieMatchesAWholeValue(String cookies, boolean expected) {
    TestRequest request = TestRequest.get("/").header("Cookie", cookies);
    assertThat(holds("Cookie=chocolate, ch.p", request)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "42, true",
    "x42, false",
    "'a, 42', true",
    "'\"42\", b', true",
    "'\"a,42\"', false",
    "'', false",
  })
  void headerMatchesAWholeElement(String value, boolean expected) {
    TestRequest request = TestRequest.get("/").header("x-request-id", value);
    assertThat(holds("Header=X-Request-Id, \\d+", request)).isEqualTo(expected);
    assertThat(holds("Header=X-Request-Id", request)).isEqualTo(!value.isEmpty());
    assertThat(holds("Header=X-Other", request)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "/?green=gree, true",
    "/?red=x&green=%67reet, true",
    "/?green=greeting, false",
    "/?green, false",
    "/?green=, false",
    "/?Green=gree, false",
    "/, false",
  })
  void queryMatchesAWholeDecodedValue(String target, boolean expected) {
    assertThat(holds("Query=green, gree.?", TestRequest.get(target))).isEqualTo(expected);
  }

  @Test
  void queryWithoutExpressionAsksForThePresence() {
    assertThat(holds("Query=a", TestRequest.get("/?a"))).isTrue();
    assertThat(holds("Query=a b", TestRequest.get("/?x=1&a+b=2"))).isTrue();
    assertThat(holds("Query=a", TestRequest.get("/?=a&b"))).isTrue();
    assertThat(holds("Query=c", TestRequest.get("/?a&b"))).isFalse();
  }

  @Test
  void methodIsOneOfTheListAndCaseCounts() {
    TestRequest post = TestRequest.of("POST", "example.org", "/");
    assertThat(holds("Method=GET,POST", post)).isTrue();
    assertThat(holds("Method=GET", post)).isFalse();
    assertThat(holds("Method=post", post)).isFalse();
  }

  @Test
  void hostSeesThePortUnlessToldOtherwise() {
    TestRequest request = TestRequest.of("GET", "www.example.org:8080", "/");
    Route route = TestRoutes.route("r", "Host={sub}.example.org");
    assertThat(TestRoutes.table(route).match(request)).isNull();
    RouteMatch match =
        RouteTable.compile(List.of(route), VersionSettings.NONE, false).match(request);
    assertThat(match.variables()).isEqualTo(Map.of("sub", "www"));
    assertThat(holds("Host=**", TestRequest.of("GET", "", "/"))).isFalse();
  }

  @Test
  void pathTakesSeveralPatternsAndTheTrailingSlashFlag() {
    assertThat(holds("Path=/red/{segment},/blue/{segment}", TestRequest.get("/blue/1"))).isTrue();
    assertThat(holds("Path=/red,true", TestRequest.get("/red"))).isTrue();
    assertThat(holds("Path=/red,true", TestRequest.get("/red/"))).isFalse();
    assertThat(holds("Path=/red,false", TestRequest.get("/false"))).isFalse();
    Route named =
        new Route(
            "r",
            0,
            "",
            "",
            List.of(
                new NamedArguments(
                    "Path", Map.of("patterns[0]", "/a", "match-trailing-slash", "true"))),
            List.of(),
            Map.of(),
            Set.of());
    assertThat(TestRoutes.table(named).match(TestRequest.get("/a"))).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "192.168.1.1/24, 192.168.1.77, true",
    "192.168.1.1/24, 192.168.2.1, false",
    "192.168.1.1, 192.168.1.1, true",
    "192.168.1.1, 192.168.1.2, false",
    "2001:db8::1, 2001:db8::1, true",
    "2001:db8::1, 2001:db8::2, false",
    "2001:db8::1/32, 2001:db8:ffff::, true",
    "'10.0.0.0/8,127.0.0.1', 127.0.0.1, true",
  })
  void remoteAddressLiesInANetwork(String sources, String address, boolean expected) {
    TestRequest request = TestRequest.get("/").from(address);
    assertThat(holds("RemoteAddr=" + sources, request)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "1, '10.1.1.1, 10.0.0.1', true",
    "2, '10.0.0.1, 10.1.1.1', true",
    "9, '10.0.0.1, 10.1.1.1', true",
    "1, '10.0.0.1, 10.1.1.1', false",
    "1, 'localhost', false",
    "1, ' , ', false",
    "1, '[::1]', false",
  })
  void forwardedAddressIsCountedFromTheRight(int index, String value, boolean expected) {
    Route route =
        new Route(
            "r",
            0,
            "",
            "",
            List.of(
                new NamedArguments(
                    "XForwardedRemoteAddr",
                    Map.of("sources", "10.0.0.1", "maxTrustedIndex", "" + index))),
            List.of(),
            Map.of(),
            Set.of());
    TestRequest request = TestRequest.get("/").header("X-Forwarded-For", value);
    assertThat(TestRoutes.table(route).match(request) != null).isEqualTo(expected);
  }

  @Test
  void forwardedAddressFallsBackToThePeerWithoutExactlyOneField() {
    String predicate = "XForwardedRemoteAddr=10.0.0.1";
    assertThat(holds(predicate, TestRequest.get("/").from("10.0.0.1"))).isTrue();
    TestRequest twice =
        TestRequest.get("/")
            .header("X-Forwarded-For", "10.0.0.1")
            .header("X-Forwarded-For", "10.0.0.1");
    assertThat(holds(predicate, twice)).isFalse();
  }

  @Test
  void weightsShareOutAGroupWithOneDraw() {
    RouteTable table =
        TestRoutes.table(
            TestRoutes.route("a", "Weight=g,8"),
            TestRoutes.route("b", "Weight=g,2"),
            TestRoutes.route("c", "Weight=other,0"),
            TestRoutes.route("d"));
    Random random = new Random(5);
    int[] hits = new int[4];
    for (int i = 0; i < 20_000; i++) {
      hits[table.match(TestRequest.get("/").random(random.nextLong())).position()]++;
    }
    assertThat(hits[0]).isBetween(15_700, 16_300);
    assertThat(hits[0] + hits[1]).as("some route of the group always holds").isEqualTo(20_000);
  }

  @ParameterizedTest
  @CsvSource({
    "1.1, 1.1.0, true",
    "1.1, v1.1, true",
    "1.1, 1.2, false",
    "1.1+, 1.2, true",
    "1.1+, 1.0, false",
    "1.1+, 2, true",
    "1.1, rubbish, true",
  })
  void versionIsEqualOrWithAPlusAtLeast(String version, String asked, boolean expected) {
    VersionSettings settings =
        new VersionSettings("X-Version", null, null, null, null, null, false, List.of(), true);
    RouteTable table =
        RouteTable.compile(List.of(TestRoutes.route("r", "Version=" + version)), settings);
    TestRequest request = TestRequest.get("/").header("X-Version", asked);
    assertThat(table.match(request) != null).isEqualTo(expected);
    assertThat(table.match(TestRequest.get("/"))).as("no version fits every route").isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "'Path', 'has no value'",
    "'Path=/{a', without its",
    "'Pfad=/a', 'After, Before, Between, Cookie, Header, Host, Method, Path, Query, RemoteAddr'",
    "'After=yesterday', 'milliseconds'",
    "'Between=2,1', 'swap the two'",
    "'Cookie=a', 'regexp'",
    "'Header=a,[', 'malformed regular expression'",
    "'Header=a,\\d{1,2}', 'has more arguments'",
    "'RemoteAddr=example.org', 'write an address or a network'",
    "'RemoteAddr=10.0.0.0/99', 'longer than'",
    "'Weight=g,-1', 'at least 0'",
    "'Weight=g,x', 'at least 0'",
    "'Version=next', 'one to three numbers'",
    "'Host={a:[}', 'malformed regular expression'",
  })
  void refusalsSayWhatIsWrongAndWhatToWrite(String predicate, String sentence) {
    assertThatThrownBy(() -> TestRoutes.table(TestRoutes.route("broken", predicate)))
        .isInstanceOf(InvalidRoutesException.class)
        .hasMessageContaining("route broken: ")
        .hasMessageContaining(sentence);
  }

  @Test
  void refusesUnknownArguments() {
    NamedArguments written = new NamedArguments("Query", Map.of("param", "a", "predicat", "#{@x}"));
    Route route = new Route("r", 0, "", "", List.of(written), List.of(), Map.of(), Set.of());
    assertThatThrownBy(() -> TestRoutes.table(route))
        .hasMessageContaining("has no argument 'predicat'; it takes param, regexp");
  }
}
