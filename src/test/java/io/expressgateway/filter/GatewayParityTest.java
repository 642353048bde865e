package io.expressgateway.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.route.NamedArguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.*;
import org.springframework.http.HttpHeaders;

/** The same definition on the same request through Spring Cloud Gateway's factory and ours. */
class GatewayParityTest {

  private static final Map<String, String> VARIABLES =
      Map.of(
          "segment", "red blue/50%?#é",
          "id", "42",
          "plain", "x-y_z.~",
          "rest", "/a/b",
          "quote", "a&b=c+d");

  record Case(NamedArguments definition, AbstractGatewayFilterFactory<?> factory) {
    @Override
    public String toString() {
      return definition.name() + definition.arguments().values();
    }
  }

  private static Case of(String shortcut, AbstractGatewayFilterFactory<?> factory) {
    return new Case(Filters.shortcut(shortcut), factory);
  }

  private static Case named(AbstractGatewayFilterFactory<?> factory, String name, String... args) {
    return new Case(Filters.named(name, args), factory);
  }

  private static final List<String> TARGETS =
      List.of(
          "/",
          "/a",
          "/a/",
          "/a/b/c",
          "/a//b/c/",
          "//a/b",
          "/v2/orders/7",
          "/red/blue%20green/%2Fx?q=1",
          "/red?x=1&y=2&x=3",
          "/red?x",
          "/red?x=&=z&&x==5",
          "/red?x=a%20b&y=%C3%A9",
          "/red?x=a+b&name=old&z=~!$'()*,;:@/?",
          "/red%20x?plain=1",
          "/red?name=1&name=2&other=3");

  static Stream<Case> targetEdits() {
    return Stream.of(
        of("StripPrefix=1", new StripPrefixGatewayFilterFactory()),
        of("StripPrefix", new StripPrefixGatewayFilterFactory()),
        of("StripPrefix=0", new StripPrefixGatewayFilterFactory()),
        of("StripPrefix=2", new StripPrefixGatewayFilterFactory()),
        of("StripPrefix=9", new StripPrefixGatewayFilterFactory()),
        of("PrefixPath=/api", new PrefixPathGatewayFilterFactory()),
        of("PrefixPath=/api/{segment}", new PrefixPathGatewayFilterFactory()),
        of("PrefixPath=/a%20b c", new PrefixPathGatewayFilterFactory()),
        of("PrefixPath={rest}", new PrefixPathGatewayFilterFactory()),
        of("SetPath=/x", new SetPathGatewayFilterFactory()),
        of("SetPath=/{segment}/{id:[0-9]+}", new SetPathGatewayFilterFactory()),
        of("SetPath=/{id:[0-9]{2}}/x", new SetPathGatewayFilterFactory()),
        of("SetPath=/a//b/{rest}", new SetPathGatewayFilterFactory()),
        of("SetPath=/x?q=1", new SetPathGatewayFilterFactory()),
        of("SetPath=/x#f", new SetPathGatewayFilterFactory()),
        of("SetPath=/é/{plain}|%", new SetPathGatewayFilterFactory()),
        of("SetPath=/{quote}", new SetPathGatewayFilterFactory()),
        of("RewritePath=/a/(?<rest>.*), /$\\{rest}", new RewritePathGatewayFilterFactory()),
        of("RewritePath=/red/?(?<rest>.*), /x/$\\{rest}", new RewritePathGatewayFilterFactory()),
        of("RewritePath=%20, _", new RewritePathGatewayFilterFactory()),
        of("RewritePath=/red, /new?added=1", new RewritePathGatewayFilterFactory()),
        of("RewritePath=/red, /é", new RewritePathGatewayFilterFactory()),
        of("RewritePath=/a, /b#c", new RewritePathGatewayFilterFactory()),
        of("RewritePath=(/[^/]*)/(.*), $1-$2", new RewritePathGatewayFilterFactory()),
        of("RewritePath=^/nothing, /x", new RewritePathGatewayFilterFactory()),
        of("AddRequestParameter=name, value", new AddRequestParameterGatewayFilterFactory()),
        of("AddRequestParameter=x, {id}", new AddRequestParameterGatewayFilterFactory()),
        of("AddRequestParameter=x, {plain}", new AddRequestParameterGatewayFilterFactory()),
        of("AddRequestParameter=x, {quote}", new AddRequestParameterGatewayFilterFactory()),
        of("RemoveRequestParameter=x", new RemoveRequestParameterGatewayFilterFactory()),
        of("RemoveRequestParameter=none", new RemoveRequestParameterGatewayFilterFactory()),
        of("RewriteRequestParameter=x, new", new RewriteRequestParameterGatewayFilterFactory()),
        of(
            "RewriteRequestParameter=name, a b&é",
            new RewriteRequestParameterGatewayFilterFactory()),
        of("PreserveHostHeader", new PreserveHostHeaderGatewayFilterFactory()));
  }

  @ParameterizedTest
  @MethodSource("targetEdits")
  void sendsTheSameTarget(Case parity) {
    GatewayFilter theirs = GatewayOracle.filter(parity.factory(), parity.definition());
    HttpFilter ours = new FilterRegistry().create(parity.definition());
    for (String target : TARGETS) {
      String expected =
          expected(parity, target, GatewayOracle.run(theirs, target, VARIABLES, _ -> {}, _ -> {}));
      FakeFilterExchange exchange = FakeFilterExchange.get(target);
      exchange.variables.putAll(VARIABLES);
      exchange.through(ours);
      assertThat(exchange.request.target()).as(parity + " on " + target).isEqualTo(expected);
    }
  }

  /** Theirs also collapses double slashes of the path when it edits the query; ours does not. */
  private static String expected(Case parity, String target, GatewayOracle.Outcome outcome) {
    String theirs = outcome.target();
    if (!parity.definition().name().endsWith("Parameter")) {
      return theirs;
    }
    int query = theirs.indexOf('?');
    String path = target.indexOf('?') < 0 ? target : target.substring(0, target.indexOf('?'));
    return query < 0 ? path : path + theirs.substring(query);
  }

  private static final List<List<String>> FIELDS =
      List.of(
          List.of(),
          List.of("X-A", "1"),
          List.of("x-a", "1", "X-A", "2", "X-A", "1"),
          List.of("X-A", "", "X-B", "b"),
          List.of("X-A", " ", "x-b", "one two one", "X-B", "one"),
          List.of("X-Frame-Options", "SAMEORIGIN", "Location", "http://inside:8080/v1/some/path"),
          List.of("Location", "https://inside/v1", "Permissions-Policy", "x"),
          List.of("Location", "/relative/v1/path", "X-Other", "http://in:1/v3/x"),
          List.of("Location", "ftp://inside/v12/a", "X-B", "p=1&password=secret&x=2"));

  static Stream<Case> requestHeaderEdits() {
    return Stream.of(
        of("AddRequestHeader=X-A, new", new AddRequestHeaderGatewayFilterFactory()),
        of("AddRequestHeader=X-A, http://{id}//x", new AddRequestHeaderGatewayFilterFactory()),
        of("AddRequestHeader=X-A, http://plain//x", new AddRequestHeaderGatewayFilterFactory()),
        of("SetRequestHeader=x-a, n-{plain}", new SetRequestHeaderGatewayFilterFactory()),
        of("SetRequestHeader=X-New, n", new SetRequestHeaderGatewayFilterFactory()),
        of("RemoveRequestHeader=x-A", new RemoveRequestHeaderGatewayFilterFactory()),
        of("MapRequestHeader=X-A, X-B", new MapRequestHeaderGatewayFilterFactory()),
        of("MapRequestHeader=X-Absent, X-B", new MapRequestHeaderGatewayFilterFactory()),
        of(
            "AddRequestHeadersIfNotPresent=X-A:1,X-B:{id},X-A:2",
            new AddRequestHeadersIfNotPresentGatewayFilterFactory()),
        of("StripPrefix=1", new StripPrefixGatewayFilterFactory()));
  }

  @ParameterizedTest
  @MethodSource("requestHeaderEdits")
  void sendsTheSameRequestHeaders(Case parity) {
    GatewayFilter theirs = GatewayOracle.filter(parity.factory(), parity.definition());
    HttpFilter ours = new FilterRegistry().create(parity.definition());
    for (List<String> fields : FIELDS) {
      List<String> expected =
          GatewayOracle.run(theirs, "/", VARIABLES, to -> fill(to, fields), _ -> {})
              .requestHeaders();
      FakeFilterExchange exchange = FakeFilterExchange.get("/");
      exchange.variables.putAll(VARIABLES);
      fill(exchange.request.headers(), fields);
      exchange.through(ours);
      assertThat(lines(exchange.request.headers()))
          .as(parity + " on " + fields)
          .isEqualTo(expected);
    }
  }

  static Stream<Case> responseHeaderEdits() {
    return Stream.of(
        of("AddResponseHeader=X-A, new", new AddResponseHeaderGatewayFilterFactory()),
        of("AddResponseHeader=X-A, new, false", new AddResponseHeaderGatewayFilterFactory()),
        of("AddResponseHeader=X-A, {id}, true", new AddResponseHeaderGatewayFilterFactory()),
        of("SetResponseHeader=x-a, n-{plain}", new SetResponseHeaderGatewayFilterFactory()),
        of("RemoveResponseHeader=x-A", new RemoveResponseHeaderGatewayFilterFactory()),
        of("DedupeResponseHeader=X-A X-B", new DedupeResponseHeaderGatewayFilterFactory()),
        of(
            "DedupeResponseHeader=X-A X-B, RETAIN_LAST",
            new DedupeResponseHeaderGatewayFilterFactory()),
        of(
            "DedupeResponseHeader=X-A, retain-unique",
            new DedupeResponseHeaderGatewayFilterFactory()),
        of(
            "RewriteResponseHeader=X-B, password=[^&]+, password=***",
            new RewriteResponseHeaderGatewayFilterFactory()),
        of(
            "RewriteResponseHeader=X-B, (?<w>one), <$\\{w}>",
            new RewriteResponseHeaderGatewayFilterFactory()),
        of(
            "RewriteLocationResponseHeader",
            new RewriteLocationResponseHeaderGatewayFilterFactory()),
        of(
            "RewriteLocationResponseHeader=NEVER_STRIP, Location, out.example:1",
            new RewriteLocationResponseHeaderGatewayFilterFactory()),
        of(
            "RewriteLocationResponseHeader=ALWAYS_STRIP, X-Other, out, http",
            new RewriteLocationResponseHeaderGatewayFilterFactory()),
        of("SecureHeaders", new SecureHeadersGatewayFilterFactory(new SecureHeadersProperties())),
        named(
            new SecureHeadersGatewayFilterFactory(new SecureHeadersProperties()),
            "SecureHeaders",
            "disable",
            "x-frame-options, Referrer-Policy",
            "enable",
            "Permissions-Policy"),
        named(
            new SecureHeadersGatewayFilterFactory(new SecureHeadersProperties()),
            "SecureHeaders",
            "frame-options-header-value",
            "SAMEORIGIN",
            "permissionsPolicy",
            "geolocation=()",
            "enable[0]",
            "permissions-policy"),
        of("SetStatus=404", new SetStatusGatewayFilterFactory()));
  }

  @ParameterizedTest
  @MethodSource("responseHeaderEdits")
  void answersWithTheSameHeaders(Case parity) {
    GatewayFilter theirs = GatewayOracle.filter(parity.factory(), parity.definition());
    HttpFilter ours = new FilterRegistry().create(parity.definition());
    for (String target : List.of("/", "/v1/x")) {
      for (List<String> fields : FIELDS) {
        List<String> expected =
            GatewayOracle.run(
                    theirs,
                    target,
                    VARIABLES,
                    to -> to.set("Host", "example.org"),
                    to -> fill(to, fields))
                .responseHeaders();
        FakeFilterExchange exchange = FakeFilterExchange.get(target);
        exchange.variables.putAll(VARIABLES);
        fill(exchange.response.headers(), fields);
        exchange.through(ours);
        assertThat(lines(exchange.response.headers()))
            .as(parity + " on " + fields)
            .isEqualTo(expected);
      }
    }
  }

  static Stream<Case> answers() {
    return Stream.of(
        of("RedirectTo=302, https://new.example/x", new RedirectToGatewayFilterFactory()),
        of("RedirectTo=moved_permanently, /login", new RedirectToGatewayFilterFactory()),
        of("RedirectTo=308, http://new.example/?a=1#f, true", new RedirectToGatewayFilterFactory()),
        of("RedirectTo=307, http://u@new.example:81, true", new RedirectToGatewayFilterFactory()),
        of("RequestHeaderSize=1B", new RequestHeaderSizeGatewayFilterFactory()));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void answersTheSame(Case parity) {
    GatewayFilter theirs = GatewayOracle.filter(parity.factory(), parity.definition());
    HttpFilter ours = new FilterRegistry().create(parity.definition());
    for (String target : TARGETS) {
      GatewayOracle.Outcome expected =
          GatewayOracle.run(theirs, target, VARIABLES, to -> to.set("x-size", "12"), _ -> {});
      FakeFilterExchange exchange = FakeFilterExchange.get(target).with("x-size", "12");
      exchange.through(ours);
      assertThat(exchange.answer.status())
          .isEqualTo(expected.exchange().getResponse().getStatusCode().value());
      List<String> lines = new ArrayList<>();
      exchange
          .answer
          .headers()
          .forEach(field ->
              lines.add(field.getKey().toLowerCase(Locale.ROOT) + ": " + field.getValue()));
      assertThat(lines).as(parity + " on " + target).isEqualTo(inAscii(expected.responseHeaders()));
    }
  }

  /** Theirs leaves characters beyond ASCII in a Location. */
  private static List<String> inAscii(List<String> lines) {
    return lines.stream().map(line -> line.replace("é", "%C3%A9")).toList();
  }

  private static void fill(HttpHeaders headers, List<String> fields) {
    for (int i = 0; i < fields.size(); i += 2) {
      headers.add(fields.get(i), fields.get(i + 1));
    }
  }

  private static void fill(HeaderBlock headers, List<String> fields) {
    for (int i = 0; i < fields.size(); i += 2) {
      headers.add(fields.get(i), fields.get(i + 1));
    }
  }

  private static List<String> lines(HeaderBlock headers) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < headers.size(); i++) {
      lines.add(headers.name(i).toLowerCase(Locale.ROOT) + ": " + headers.value(i));
    }
    lines.sort(null);
    return lines;
  }
}
