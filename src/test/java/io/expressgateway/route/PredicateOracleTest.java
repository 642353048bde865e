package io.expressgateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.filter.WeightCalculatorWebFilter;
import org.springframework.cloud.gateway.handler.predicate.CookieRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.HeaderRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.QueryRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.RemoteAddrRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.VersionRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.WeightRoutePredicateFactory;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.cloud.gateway.support.WeightConfig;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.accept.ApiVersionHolder;
import org.springframework.web.accept.SemanticApiVersionParser;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.accept.DefaultApiVersionStrategy;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Spring Cloud Gateway's own predicates answer the same on random requests. */
class PredicateOracleTest {

  private static final String[] VALUE_PARTS = {"a", "b", ",", "1", "ab", "\"a,b\""};
  private static final String[] QUERY_PARTS = {"a", "b", "=", "&", "+", "%61", "1", "&a=1"};

  @Test
  void headerAgreesOnRandomValues() {
    HeaderRoutePredicateFactory factory = new HeaderRoutePredicateFactory();
    Predicate<ServerWebExchange> spring = factory.apply(c -> c.setHeader("X-A").setRegexp("a.*"));
    Random random = new Random(1);
    for (int i = 0; i < 5_000; i++) {
      String value = join(random, VALUE_PARTS);
      boolean expected = spring.test(exchange("/", "X-A", value));
      assertThat(TestRoutes.holds("Header=X-A,a.*", TestRequest.get("/").header("X-A", value)))
          .as(value)
          .isEqualTo(expected);
    }
  }

  @Test
  void queryAgreesOnRandomQueries() {
    QueryRoutePredicateFactory factory = new QueryRoutePredicateFactory();
    Predicate<ServerWebExchange> present = factory.apply(c -> c.setParam("a"));
    Predicate<ServerWebExchange> matching = factory.apply(c -> c.setParam("a").setRegexp("1.*"));
    Random random = new Random(2);
    for (int i = 0; i < 5_000; i++) {
      String target = "/?" + join(random, QUERY_PARTS);
      TestRequest request = TestRequest.get(target);
      ServerWebExchange exchange = exchange(target, "X-A", "1");
      assertThat(TestRoutes.holds("Query=a", request)).as(target).isEqualTo(present.test(exchange));
      assertThat(TestRoutes.holds("Query=a,1.*", request))
          .as(target)
          .isEqualTo(matching.test(exchange));
    }
  }

  @Test
  void remoteAddressAgreesOnRandomNetworks() {
    Random random = new Random(3);
    for (int i = 0; i < 2_000; i++) {
      String source = address(random) + "/" + random.nextInt(33);
      String peer = address(random);
      ServerWebExchange exchange =
          MockServerWebExchange.from(
              MockServerHttpRequest.get("/").remoteAddress(TestRequest.peer(peer)));
      boolean expected =
          new RemoteAddrRoutePredicateFactory().apply(c -> c.setSources(source)).test(exchange);
      assertThat(TestRoutes.holds("RemoteAddr=" + source, TestRequest.get("/").from(peer)))
          .as("%s in %s", peer, source)
          .isEqualTo(expected);
    }
  }

  /** What Spring is given is what Reactor Netty's decoder makes of the same fields. */
  @Test
  void cookieAgreesOnRandomCookies() {
    Predicate<ServerWebExchange> spring =
        new CookieRoutePredicateFactory().apply(c -> c.setName("a").setRegexp("a.*"));
    Random random = new Random(4);
    int held = 0;
    for (int i = 0; i < 5_000; i++) {
      TestRequest request = TestRequest.get("/");
      MockServerHttpRequest.BaseBuilder<?> mock = MockServerHttpRequest.get("/");
      for (int field = random.nextInt(3); field > 0; field--) {
        String text = cookies(random);
        request.header("Cookie", text);
        ServerCookieDecoder.STRICT
            .decodeAll(text)
            .forEach(cookie -> mock.cookie(new HttpCookie(cookie.name(), cookie.value())));
      }
      boolean expected = spring.test(MockServerWebExchange.from(mock));
      held += expected ? 1 : 0;
      assertThat(TestRoutes.holds("Cookie=a,a.*", request))
          .as(request.head().headers().toString())
          .isEqualTo(expected);
    }
    assertThat(held).isBetween(500, 4_500);
  }

  private static String cookies(Random random) {
    StringJoiner pairs = new StringJoiner("; ");
    for (int n = random.nextInt(4); n > 0; n--) {
      String value = pick(random, "a", "a1", "b", "", "\"a1\"", "\"b\"", "xa");
      pairs.add(pick(random, "a", "A", "b", "aa") + "=" + value);
    }
    return pairs.toString();
  }

  @Test
  void versionAgreesOnRandomVersions() {
    SemanticApiVersionParser parser = new SemanticApiVersionParser();
    VersionRoutePredicateFactory factory =
        new VersionRoutePredicateFactory(
            new DefaultApiVersionStrategy(
                List.of(exchange -> null), parser, false, null, false, null, null));
    VersionSettings settings =
        new VersionSettings("X-Version", null, null, null, null, null, false, List.of(), true);
    Random random = new Random(5);
    for (int i = 0; i < 5_000; i++) {
      String wanted = version(random) + pick(random, "", "+");
      String asked = version(random);
      ServerWebExchange exchange = exchange("/", "X-Version", asked);
      exchange
          .getRequest()
          .getAttributes()
          .put(
              HandlerMapping.API_VERSION_ATTRIBUTE,
              ApiVersionHolder.fromVersion(parser.parseVersion(asked)));
      RouteTable table =
          RouteTable.compile(List.of(TestRoutes.route("r", "Version=" + wanted)), settings);
      assertThat(table.match(TestRequest.get("/").header("X-Version", asked)) != null)
          .as("%s asked of %s", asked, wanted)
          .isEqualTo(factory.apply(c -> c.setVersion(wanted)).test(exchange));
    }
  }

  private static String version(Random random) {
    StringJoiner numbers = new StringJoiner(".", pick(random, "", "", "v"), "");
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      numbers.add(Integer.toString(random.nextInt(3)));
    }
    return numbers.toString();
  }

  /** Spring's filter is given the draw that our request makes. */
  @Test
  void weightAgreesOnRandomGroups() {
    Random random = new Random(6);
    for (int round = 0; round < 200; round++) {
      double[] draw = new double[1];
      WeightCalculatorWebFilter filter = new WeightCalculatorWebFilter(null, null);
      filter.setRandomSupplier(() -> draw[0]);
      List<Route> routes = new ArrayList<>();
      for (int i = 0, n = 1 + random.nextInt(5); i < n; i++) {
        // The first weighs something: Spring divides by the sum.
        int weight = random.nextInt(10) + (i == 0 ? 1 : 0);
        routes.add(TestRoutes.route("r" + i, "Weight=g," + weight));
        ReflectionTestUtils.invokeMethod(
            filter, "addWeightConfig", new WeightConfig("g", "r" + i, weight));
      }
      RouteTable table = RouteTable.compile(routes, VersionSettings.NONE);
      for (int request = 0; request < 50; request++) {
        long bits = random.nextLong();
        draw[0] = WeightPredicate.draw(bits, WeightPredicate.seed("g"));
        assertThat(table.match(TestRequest.get("/").random(bits)).route().id())
            .as("%s of %s", draw[0], routes)
            .isEqualTo(chosen(filter, routes));
      }
    }
  }

  private static String chosen(WeightCalculatorWebFilter filter, List<Route> routes) {
    MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
    filter.filter(exchange, filtered -> Mono.empty()).block();
    List<String> holding = new ArrayList<>();
    for (Route route : routes) {
      exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR, route.id());
      WeightConfig config = new WeightConfig("g", route.id(), 1);
      if (new WeightRoutePredicateFactory().apply(config).test(exchange)) {
        holding.add(route.id());
      }
    }
    assertThat(holding).hasSize(1);
    return holding.getFirst();
  }

  private static String pick(Random random, String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static ServerWebExchange exchange(String target, String header, String value) {
    return MockServerWebExchange.from(
        MockServerHttpRequest.method(HttpMethod.GET, URI.create(target)).header(header, value));
  }

  private static String address(Random random) {
    return "10." + random.nextInt(4) + "." + random.nextInt(4) + "." + random.nextInt(256);
  }

  private static String join(Random random, String[] parts) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(7); n > 0; n--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }
}
