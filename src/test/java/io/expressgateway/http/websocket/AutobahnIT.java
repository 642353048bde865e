package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.http.Gateway;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import io.expressgateway.snapshot.WebSocketLimits;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The Autobahn test suite's fuzzing client against an echo endpoint: directly, through the gateway,
 * and through two gateways that speak HTTP/2 with each other. Nothing may be worse than directly.
 *
 * <p>{@code -Dautobahn.cases=*} runs all cases instead of those that {@link #CASES} names; the
 * suite's own reports are left in {@code target/autobahn}.
 */
class AutobahnIT {

  private static final String CASES = "1.*,2.*,3.*,4.*,5.*,6.*,7.*,10.*";
  private static final List<String> VERDICTS =
      List.of("OK", "INFORMATIONAL", "NON-STRICT", "UNIMPLEMENTED", "WRONG CODE", "UNCLEAN");
  private static final Path REPORTS = Path.of("target", "autobahn").toAbsolutePath();

  /** Cases 9 and 12 send messages of 16 MiB and pings in any number. */
  private static WebSocketLimits wide(WebSocketLimits base) {
    return new WebSocketLimits(true, Duration.ofMinutes(5), 64L << 20, 0, base.maxLifetime());
  }

  private static Gateway.Builder to(int port, ClusterSpec.Protocol protocol) {
    return Gateway.builder()
        .endpoints(port)
        .protocol(protocol)
        .limits(http -> http.with(wide(http.webSocket())))
        .rules(
            Rules.DEFAULTS
                .with(Rule.WEBSOCKET_PING_FLOOD, 1_000_000, false)
                .with(Rule.WEBSOCKET_EMPTY_FLOOD, 1_000_000, false));
  }

  @Test
  @Timeout(value = 40, unit = TimeUnit.MINUTES)
  void noCaseIsWorseThroughTheGatewayThanDirectly() throws Exception {
    String cases = System.getProperty("autobahn.cases", CASES);
    try (EchoEndpoint endpoint = new EchoEndpoint();
        Gateway gateway = to(endpoint.port(), ClusterSpec.Protocol.HTTP1).start();
        Gateway front = to(gateway.port(), ClusterSpec.Protocol.HTTP2).start()) {
      Map<String, Integer> ports = new TreeMap<>();
      ports.put("direct", endpoint.port());
      ports.put("gateway", gateway.port());
      ports.put("gateway over HTTP-2", front.port());
      JsonNode results = run(ports, cases);

      JsonNode direct = results.get("direct");
      assertThat(direct.size()).isGreaterThan(200);
      List<String> worse = new ArrayList<>();
      for (String agent : ports.keySet()) {
        for (String name : direct.propertyNames()) {
          compare(worse, agent, name, direct.get(name), results.get(agent).get(name));
        }
        System.out.println(agent + ": " + summary(results.get(agent)));
      }
      assertThat(worse).isEmpty();
      assertThat(gateway.metrics.contained).isEmpty();
      assertThat(front.metrics.contained).isEmpty();
    }
  }

  private static void compare(
      List<String> worse, String agent, String name, JsonNode direct, JsonNode through) {
    for (String verdict : List.of("behavior", "behaviorClose")) {
      String before = direct.get(verdict).asString();
      String after = through == null ? "MISSING" : through.get(verdict).asString();
      if (rank(after) > rank(before)) {
        worse.add(agent + " " + name + " " + verdict + ": " + after + " instead of " + before);
      }
    }
  }

  private static int rank(String verdict) {
    int rank = VERDICTS.indexOf(verdict);
    return rank < 0 ? VERDICTS.size() : rank;
  }

  private static Map<String, Integer> summary(JsonNode cases) {
    Map<String, Integer> counts = new TreeMap<>();
    for (String name : cases.propertyNames()) {
      for (String verdict : List.of("behavior", "behaviorClose")) {
        counts.merge(verdict + " " + cases.get(name).get(verdict).asString(), 1, Integer::sum);
      }
    }
    return counts;
  }

  private static JsonNode run(Map<String, Integer> ports, String cases) throws Exception {
    Files.createDirectories(REPORTS);
    ObjectMapper json = new ObjectMapper();
    List<Map<String, Object>> servers = new ArrayList<>();
    ports.forEach((agent, port) ->
        servers.add(Map.of("agent", agent, "url", "ws://127.0.0.1:" + port + "/")));
    Path spec = REPORTS.resolve("spec.json");
    json.writeValue(
        spec.toFile(),
        Map.of(
            "outdir", REPORTS.toString(),
            "servers", servers,
            "cases", cases.split(","),
            "exclude-cases", List.of(),
            "exclude-agent-cases", Map.of()));
    Path program =
        Files.writeString(
            REPORTS.resolve("run.py"),
            "import sys\n"
                + ("sys.path.insert(0, '" + suite() + "')\n")
                + ("sys.argv = ['wstest', '-m', 'fuzzingclient', '-s', '" + spec + "']\n")
                + "from autobahntestsuite import wstest\n"
                + "wstest.run()\n",
            StandardCharsets.US_ASCII);
    Path output = REPORTS.resolve("output.txt");
    Process suite =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dpython.cachedir=" + REPORTS.resolve("cache"),
                "-cp",
                jython(),
                "org.python.util.jython",
                program.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(suite.waitFor()).as(() -> text(output)).isZero();
    } finally {
      suite.destroyForcibly();
    }
    return json.readTree(REPORTS.resolve("index.json").toFile());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }

  private static String jython() throws Exception {
    Class<?> interpreter = Class.forName("org.python.util.jython");
    URL jar = interpreter.getProtectionDomain().getCodeSource().getLocation();
    return Path.of(jar.toURI()).toString();
  }

  /** The jar with the suite, which Python reads as a directory. */
  private static String suite() throws Exception {
    String resource = AutobahnIT.class.getResource("/autobahntestsuite/wstest.py").toString();
    return Path.of(URI.create(resource.substring("jar:".length(), resource.indexOf('!'))))
        .toString();
  }
}
