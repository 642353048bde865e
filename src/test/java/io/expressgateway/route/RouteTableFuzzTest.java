package io.expressgateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Arbitrary patterns and requests: refused with a sentence, or the index agrees with the scan. */
class RouteTableFuzzTest {

  @FuzzTest
  void indexAgreesWithOrderedScan(FuzzedDataProvider data) {
    List<Route> routes = new ArrayList<>();
    for (int i = data.consumeInt(1, 6); i > 0; i--) {
      List<NamedArguments> predicates =
          List.of(
              new NamedArguments("Path", Map.of("_genkey_0", data.consumeString(24))),
              new NamedArguments("Host", Map.of("_genkey_0", data.consumeString(16))));
      int used = data.consumeInt(0, 2);
      routes.add(
          new Route(
              "r" + i,
              data.consumeInt(0, 2),
              "",
              "",
              used == 2 ? predicates : predicates.subList(used, used + 1),
              List.of(),
              Map.of(),
              Set.of()));
    }
    RouteTable table;
    try {
      table = RouteTable.compile(routes, VersionSettings.NONE, data.consumeBoolean());
    } catch (InvalidRoutesException refused) {
      assertThat(refused.problems()).isNotEmpty();
      return;
    }
    String authority = data.consumeString(20);
    TestRequest request = TestRequest.of("GET", authority, "/" + data.consumeRemainingAsString());
    assertThat(table.match(request)).isEqualTo(table.scan(request));
  }
}
