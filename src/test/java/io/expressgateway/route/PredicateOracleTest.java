package io.expressgateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.handler.predicate.HeaderRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.QueryRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.RemoteAddrRoutePredicateFactory;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;

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
