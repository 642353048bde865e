package io.expressgateway.route;

import static io.expressgateway.route.TestRoutes.route;
import static io.expressgateway.route.TestRoutes.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteTableTest {

  @Test
  void triesLowerOrderFirstAndEqualOrderAsListed() {
    RouteTable table =
        table(
            route("late", 1, Set.of(), "Path=/a/**"),
            route("first", 0, Set.of(), "Path=/**"),
            route("second", 0, Set.of(), "Path=/a/**"));
    assertThat(table.routes()).extracting(Route::id).containsExactly("first", "second", "late");
    assertThat(table.match(TestRequest.get("/a/b")).route().id()).isEqualTo("first");
    assertThat(table.match(TestRequest.get("/a/b")).position()).isZero();
  }

  @Test
  void servesOnlyTheListenersOfARoute() {
    RouteTable table = table(route("r", 0, Set.of("admin"), "Path=/**"), route("any"));
    assertThat(table.match(TestRequest.get("/").on("admin")).route().id()).isEqualTo("r");
    assertThat(table.match(TestRequest.get("/").on("web")).route().id()).isEqualTo("any");
  }

  @Test
  void putsVariablesOfHostAndPathTogether() {
    RouteTable table = table(route("r", "Host={sub}.example.org", "Path=/{segment}/**"));
    TestRequest request = TestRequest.of("GET", "www.example.org", "/a/b");
    assertThat(table.match(request).variables()).isEqualTo(Map.of("sub", "www", "segment", "a"));
  }

  @Test
  void reusesTheMatchOfARouteWithoutVariables() {
    RouteTable table = table(route("r", "Path=/a/**"));
    assertThat(table.match(TestRequest.get("/a"))).isSameAs(table.match(TestRequest.get("/a/b")));
  }

  @Test
  void countsRoutesThatNameNoLiteralHostOrPath() {
    RouteTable table =
        table(
            route("host", "Host=**.example.org"),
            route("path", "Path=/a/**"),
            route("method", "Method=GET"),
            route("all", "Path=/**"));
    assertThat(table.unindexedRoutes()).isEqualTo(2);
    assertThat(RouteTable.EMPTY.unindexedRoutes()).isZero();
    assertThat(RouteTable.EMPTY.match(TestRequest.get("/"))).isNull();
  }

  @Test
  void reportsEveryProblemOfEveryRouteAtOnce() {
    InvalidRoutesException refused =
        catchThrowableOfType(
            InvalidRoutesException.class,
            () ->
                table(
                    route("a", "Path=/{x", "Method"),
                    route("good", "Path=/ok"),
                    route("b", "Nope=1", "Weight=g")));
    assertThat(refused.problems())
        .extracting(InvalidRoutesException.Problem::routeId)
        .containsExactly("a", "a", "b", "b");
    assertThat(refused.problems().getFirst().predicate()).isEqualTo("Path=/{x");
    assertThat(refused.problems()).allSatisfy(p -> assertThat(p.remedy()).isNotBlank());
  }

  @Test
  void findsEachOfTenThousandRoutes() {
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      routes.add(route("h" + i, "Host=h" + i + ".example.org"));
      routes.add(route("p" + i, "Path=/p" + i + "/**"));
    }
    RouteTable table = table(routes.toArray(Route[]::new));
    assertThat(table.unindexedRoutes()).isZero();
    for (int i = 0; i < 5_000; i += 7) {
      TestRequest byHost = TestRequest.of("GET", "H" + i + ".example.org", "/");
      assertThat(table.match(byHost).route().id()).isEqualTo("h" + i);
      TestRequest byPath = TestRequest.get("/p" + i + "/x");
      assertThat(table.match(byPath).route().id()).isEqualTo("p" + i);
    }
  }

  @Test
  void knowsThePredicatesByName() {
    assertThat(PredicateRegistry.names())
        .containsExactly(
            "After",
            "Before",
            "Between",
            "Cookie",
            "Header",
            "Host",
            "Method",
            "Path",
            "Query",
            "RemoteAddr",
            "Version",
            "Weight",
            "XForwardedRemoteAddr");
  }
}
