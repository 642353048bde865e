package io.expressgateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The index answers what trying the routes one by one answers. */
class RouteTablePropertyTest {

  private static final String[] HOSTS = {
    "a.org",
    "b.a.org",
    "**.a.org",
    "*.a.org",
    "{sub}.a.org",
    "A.org",
    "a..org",
    ".a.org",
    "a.org.",
    "a.org:80",
    "**",
    "*.b.*",
    "**.org",
    "c.org,**.a.org",
    "a.org:{port}"
  };
  private static final String[] PATHS = {
    "/a",
    "/a/**",
    "/a/b",
    "/a/b/**",
    "/a/{x}",
    "/**",
    "/**/b",
    "/a/*/c",
    "/b/**",
    "/a/b,/c/**",
    "/{x}/b",
    "/a/{*rest}",
    "/ab?",
    "/a b/**",
    "//a",
    "a/b",
    "/a//b",
    "/é/**"
  };
  private static final String[] OTHERS = {
    "Method=GET",
    "Method=POST",
    "Query=q",
    "Header=X-A,1",
    "Weight=g,1",
    "Weight=g,3",
    "RemoteAddr=10.0.0.0/8"
  };
  private static final String[] AUTHORITIES = {
    "a.org",
    "A.ORG",
    "b.a.org",
    "c.b.a.org",
    "a.org:80",
    "c.org",
    "a..org",
    ".a.org",
    "a.org.",
    "",
    "[::1]:80",
    "x.b.y",
    "org",
    "..",
    "a.org:"
  };
  private static final String[] TARGETS = {
    "/", "/a", "/a/", "/a/b", "/%61/b", "/a;v=1/b", "/a/b;x", "/a%2Fb", "//a", "/a//b", "/a/x/c",
    "/b", "/ab", "/abc", "/a%20b/c", "/c/d", "/x/b", "*", "/%C3%A9/1", "/a/%zz", "/;x/b",
        "/a/b?q=1",
    "/A/b", "/a%62", "/x/y/b", "/;"
  };

  @Test
  void indexAgreesWithOrderedScan() {
    Random random = new Random(20_260_101);
    int matched = 0;
    for (int i = 0; i < 3_000; i++) {
      RouteTable table =
          RouteTable.compile(routes(random), VersionSettings.NONE, random.nextBoolean());
      for (int j = 0; j < 40; j++) {
        TestRequest request = request(random);
        RouteMatch expected = table.scan(request);
        assertThat(table.match(request))
            .as("%s %s on %s", request.head().authority(), request.head().path(), table.routes())
            .isEqualTo(expected);
        matched += expected == null ? 0 : 1;
      }
    }
    assertThat(matched).isGreaterThan(50_000);
  }

  static List<Route> routes(Random random) {
    List<Route> routes = new ArrayList<>();
    int size = 1 + random.nextInt(12);
    for (int i = 0; i < size; i++) {
      List<String> predicates = new ArrayList<>();
      if (random.nextInt(3) > 0) {
        predicates.add("Host=" + pick(random, HOSTS));
      }
      if (random.nextInt(3) > 0) {
        predicates.add("Path=" + pick(random, PATHS));
      }
      if (random.nextInt(5) == 0) {
        predicates.add("Path=" + pick(random, PATHS));
      }
      if (random.nextInt(4) == 0) {
        predicates.add(pick(random, OTHERS));
      }
      Set<String> listeners =
          random.nextInt(5) == 0 ? Set.of(random.nextBoolean() ? "web" : "other") : Set.of();
      routes.add(
          TestRoutes.route(
              "r" + i, random.nextInt(4), listeners, predicates.toArray(String[]::new)));
    }
    return routes;
  }

  private static TestRequest request(Random random) {
    TestRequest request =
        TestRequest.of(
                random.nextInt(4) == 0 ? "POST" : "GET",
                pick(random, AUTHORITIES),
                pick(random, TARGETS))
            .random(random.nextLong());
    if (random.nextInt(3) == 0) {
      request.header("x-a", "1");
    }
    return random.nextInt(3) == 0 ? request.from("10.1.2.3") : request;
  }

  private static String pick(Random random, String[] values) {
    return values[random.nextInt(values.length)];
  }
}
