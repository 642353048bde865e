package io.expressgateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.config.Problem;
import io.expressgateway.http.Why;
import io.expressgateway.metrics.AccessLogs;
import io.expressgateway.metrics.GatewayCollector;
import io.expressgateway.metrics.GatewayMetrics;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The guide names what there is. */
class OperationsGuideTest {

  private String guide;

  @BeforeEach
  void read() throws IOException {
    guide = Files.readString(Path.of("docs/guide/operations.md"));
  }

  @Test
  void everyMetricHasItsRow() throws IOException {
    // By source, so that gauges that need a running data plane are found too.
    String source =
        Files.readString(Path.of("src/main/java/io/expressgateway/metrics/GatewayCollector.java"))
            + Files.readString(
                Path.of("src/main/java/io/expressgateway/metrics/XdpCollector.java"));
    Matcher names = Pattern.compile("\\.name\\(\\s*\"([a-z_]+)\"").matcher(source);
    int found = 0;
    while (names.find()) {
      found++;
      assertThat(guide).containsPattern("\\| `" + names.group(1) + "(_total)?` \\|");
    }
    assertThat(found).isGreaterThan(15);
  }

  @Test
  void everyCounterIsNamedAsItIsScraped() {
    new GatewayCollector(new GatewayMetrics(10), new AccessLogs())
        .collect().stream()
            .filter(CounterSnapshot.class::isInstance)
            .forEach(counter ->
                assertThat(guide).contains("`" + counter.getMetadata().getName() + "_total`"));
  }

  @Test
  void everySecurityRuleHasItsRow() throws IOException {
    Pattern rule =
        Pattern.compile(
            "(?:onSecurity\\(\\s*worker\\.index\\(\\),|refuse\\(|failBody\\(current,|->)"
                + "\\s*(?:\"([a-z0-9-]+)\"|Why\\.([A-Z_]+))");
    int found = 0;
    for (String file :
        List.of(
            "h1/Http1ServerConnection",
            "h1/Http1ClientConnection",
            "proxy/Exchange",
            "listener/Listener")) {
      Matcher rules =
          rule.matcher(
              Files.readString(Path.of("src/main/java/io/expressgateway/http/" + file + ".java")));
      while (rules.find()) {
        found++;
        String name = rules.group(1) != null ? rules.group(1) : Why.valueOf(rules.group(2)).code();
        assertThat(guide).containsPattern("(?m)^\\| [^|]*`" + name + "`[^|]* \\| [a-z]+ \\|");
      }
    }
    assertThat(found).isGreaterThan(20);
  }

  @Test
  void everyCallOfTheApiHasItsRow() {
    String routes = ApiRoutes.of(new NothingRuns(), "1").toString();
    Matcher calls = Pattern.compile("\\((GET|POST) && ([^)]+)\\)").matcher(routes);
    int found = 0;
    while (calls.find()) {
      found++;
      assertThat(guide).contains("`" + calls.group(1) + " " + calls.group(2) + "`");
    }
    assertThat(found).isGreaterThan(10);
    ProbeRoutes.PATHS.forEach(path -> assertThat(guide).contains("| `" + path + "` |"));
  }

  private static final class NothingRuns implements GatewayState {
    @Override
    public io.expressgateway.plane.DataPlane dataPlane() {
      return null;
    }

    @Override
    public java.util.concurrent.CompletableFuture<java.util.List<Problem>> refresh() {
      return java.util.concurrent.CompletableFuture.completedFuture(java.util.List.of());
    }
  }
}
