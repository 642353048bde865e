package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An active health check against an endpoint that goes down and comes back. */
@Timeout(120)
class HealthCheckIT {

  @TempDir Path directory;

  @Test
  void anUnhealthyEndpointGetsNoRequestUntilItHasRecovered() {
    Endpoint endpoint = Endpoint.start("before");
    int port = endpoint.port();
    try (endpoint;
        GatewayJar gateway =
            GatewayJar.start(
                GatewayJar.file(
                    directory,
                    """
                    expressgateway:
                      listeners: [ { name: web, bind: "127.0.0.1:0" } ]
                      clusters:
                        - name: c
                          endpoints: [ { address: "127.0.0.1:%d" } ]
                          health-check: { type: http, path: /health, interval: 100ms, timeout: 1s, healthy-threshold: 2, unhealthy-threshold: 2 }
                      drain.settle: 0s
                    spring.cloud.gateway.server.webflux.routes:
                      - { id: r, uri: "lb://c", predicates: [ "Path=/**" ] }
                    """
                        .formatted(port)))) {
      awaitHealth(gateway, "healthy");
      assertThat(Http.get(gateway.on("web", "/a")).body()).isEqualTo("before /a");

      endpoint.close();
      awaitHealth(gateway, "unhealthy");
      HttpResponse<String> none = Http.get(gateway.on("web", "/a"));
      assertThat(none.statusCode()).isEqualTo(503);
      assertThat(none.body()).contains("\"why\":\"no-healthy-endpoint\"");
      assertThat(Http.status(gateway.management("/readyz")))
          .as("readiness is ours alone")
          .isEqualTo(200);
      assertThat(Http.get(gateway.management("/actuator/prometheus")).body())
          .contains(
              "expressgateway_endpoint_healthy{cluster=\"c\",endpoint=\"127.0.0.1:"
                  + port
                  + "\"} 0.0");

      try (Endpoint back = Endpoint.start("after", port)) {
        awaitHealth(gateway, "healthy");
        assertThat(Http.get(gateway.on("web", "/a")).body()).isEqualTo("after /a");
        assertThat(back.seen()).anyMatch(request -> request.target().equals("/health"));
      }
    }
  }

  private static void awaitHealth(GatewayJar gateway, String health) {
    Awaitility.await(health)
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            Http.get(gateway.management("/api/v1/clusters/c"))
                .body()
                .contains("\"health\":\"" + health + "\""));
  }
}
