package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** W3C trace context, without and with spans of our own. */
@Timeout(120)
class TracingIT {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";

  @TempDir Path directory;

  private Path configuration(Endpoint endpoint) {
    return GatewayJar.file(
        directory,
        """
        expressgateway:
          listeners: [ { name: web, bind: "127.0.0.1:0" } ]
          clusters: [ { name: c, endpoints: [ { address: "%s" } ] } ]
          drain.settle: 0s
        spring.cloud.gateway.server.webflux.routes:
          - { id: traced-route, uri: "lb://c", predicates: [ "Path=/**" ] }
        """
            .formatted(endpoint.address()));
  }

  @Test
  void withoutTracingTheContextPassesUntouched() {
    try (Endpoint endpoint = Endpoint.start("a");
        GatewayJar gateway = GatewayJar.start(configuration(endpoint))) {
      Http.get(gateway.on("web", "/"), "traceparent", PARENT, "tracestate", "a=b");
      assertThat(endpoint.last().header("traceparent")).isEqualTo(PARENT);
      assertThat(endpoint.last().header("tracestate")).isEqualTo("a=b");

      Http.get(gateway.on("web", "/"));
      assertThat(endpoint.last().header("traceparent")).isNull();
    }
  }

  @Test
  void withTracingASpanOfOursStandsBetweenClientAndEndpoint() {
    try (Endpoint endpoint = Endpoint.start("a");
        Endpoint collector = Endpoint.start("collector");
        GatewayJar gateway =
            GatewayJar.start(
                configuration(endpoint),
                "--management.tracing.export.enabled=true",
                "--management.tracing.sampling.probability=1.0",
                "--management.opentelemetry.tracing.export.otlp.endpoint=http://"
                    + collector.address()
                    + "/v1/traces")) {
      Http.get(gateway.on("web", "/a"), "traceparent", PARENT);
      assertThat(endpoint.last().header("traceparent"))
          .startsWith("00-" + TRACE + "-")
          .endsWith("-01")
          .isNotEqualTo(PARENT);
      // Sampled, and perhaps W3C's flag for a random trace id as well.
      Http.get(gateway.on("web", "/b"));
      assertThat(endpoint.last().header("traceparent"))
          .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]");

      Awaitility.await("the spans arrive")
          .atMost(Duration.ofSeconds(30))
          .until(() -> spans(collector, "traced-route") >= 2);
      assertThat(collector.last().target()).isEqualTo("/v1/traces");
    }
  }

  /** Texts stand as they are in OTLP's protobuf: one http.route each. */
  private static int spans(Endpoint collector, String route) {
    int count = 0;
    for (Endpoint.Seen export : collector.seen()) {
      String text = new String(export.body(), StandardCharsets.ISO_8859_1);
      for (int at = text.indexOf(route); at >= 0; at = text.indexOf(route, at + 1)) {
        count++;
      }
    }
    return count;
  }
}
