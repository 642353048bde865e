package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The files that a new user runs first. Ports of theirs are moved by the command line. */
@Timeout(120)
class DefaultConfigurationIT {

  @TempDir Path directory;

  @Test
  void defaultYamlStartsWithoutItsEndpointAndServesOnceItIsThere() {
    Path file = GatewayJar.jar().getParent().resolveSibling("config/default.yaml");
    int port = FreePort.choose();
    try (GatewayJar gateway =
        GatewayJar.start(
            file,
            "--expressgateway.listeners[0].name=web",
            "--expressgateway.listeners[0].bind=127.0.0.1:0",
            "--expressgateway.clusters[0].name=default",
            "--expressgateway.clusters[0].endpoints[0].address=127.0.0.1:" + port,
            "--expressgateway.drain.settle=0s")) {
      HttpResponse<String> without = Http.get(gateway.on("web", "/a"));
      assertThat(without.statusCode()).isEqualTo(503);
      assertThat(without.headers().firstValue("Content-Type")).hasValue("application/problem+json");
      assertThat(without.body()).contains("\"why\":\"connect-failed\"");
      assertThat(Http.status(gateway.management("/readyz"))).isEqualTo(200);

      try (Endpoint endpoint = Endpoint.start("late", port)) {
        Awaitility.await("the endpoint is used")
            .until(() -> Http.status(gateway.on("web", "/a")) == 200);
        assertThat(Http.get(gateway.on("web", "/b")).body()).isEqualTo("late /b");
        assertThat(endpoint.last().target()).isEqualTo("/b");
      }
    }
  }

  @Test
  void theDemoAnswersWithoutAnyConfiguration() {
    Needs.present(FreePort.isFree(8080) && FreePort.isFree(9090), "the ports 8080 and 9090");

    try (GatewayJar gateway = GatewayJar.launch(directory, List.of())) {
      gateway.awaitReady();

      assertThat(gateway.readyLine())
          .isEqualTo("ready listeners=web=0.0.0.0:8080 management=127.0.0.1:9090 snapshot=1");
      assertThat(
              List.of(
                  Http.get(gateway.on("web", "/a")).body(),
                  Http.get(gateway.on("web", "/a")).body()))
          .containsExactlyInAnyOrder(
              "Hello from demo endpoint one: /a\n", "Hello from demo endpoint two: /a\n");
      assertThat(gateway.stop().exit()).isZero();
    }
  }
}
