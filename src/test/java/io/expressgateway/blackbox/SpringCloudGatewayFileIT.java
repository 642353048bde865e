package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files written for Spring Cloud Gateway start as they are. */
@Timeout(120)
class SpringCloudGatewayFileIT {

  private static final Path FILES = Path.of("src/test/resources/config").toAbsolutePath();

  @TempDir Path directory;

  @Test
  void aFileWithTheOldPrefixGetsOneListenerOnServerPort() {
    int port = FreePort.choose();
    try (GatewayJar gateway =
        GatewayJar.start(
            FILES.resolve("gateway-old-prefix.yaml"),
            "--server.port=" + port,
            "--expressgateway.drain.settle=0s")) {
      assertThat(gateway.readyLine()).contains("ready listeners=default=0.0.0.0:" + port + " ");
      assertThat(Http.get(gateway.management("/api/v1/routes")).body())
          .contains("\"id\":\"users\"", "\"id\":\"socket\"");
      assertThat(String.join("\n", gateway.out())).contains("spring.cloud.gateway.server.webflux");
      HttpResponse<String> unrouted = Http.get(gateway.on("default", "/elsewhere"));
      assertThat(unrouted.statusCode()).isEqualTo(404);
      assertThat(unrouted.body()).contains("no-route");
    }
  }

  @Test
  void aPropertiesFileWithTheNewPrefixGetsOneListenerOnServerPort() {
    int port = FreePort.choose();
    try (GatewayJar gateway =
        GatewayJar.start(
            FILES.resolve("gateway-new-prefix.properties"),
            "--server.port=" + port,
            "--expressgateway.drain.settle=0s")) {
      assertThat(gateway.readyLine()).contains("ready listeners=default=0.0.0.0:" + port + " ");
      assertThat(Http.get(gateway.management("/api/v1/routes")).body())
          .contains("\"id\":\"first\"")
          .doesNotContain("\"id\":\"off\"");
    }
  }

  /** Serves, too: the same keys, with an endpoint that exists. */
  @Test
  void itsRoutesDefaultFiltersAndTimeoutsHaveTheirEffect() {
    try (Endpoint endpoint = Endpoint.start("users");
        GatewayJar gateway =
            GatewayJar.start(
                GatewayJar.file(
                    directory,
                    """
                    server.port: 0
                    spring.cloud.gateway:
                      httpclient: { connect-timeout: 1000, response-timeout: 400ms }
                      default-filters: [ "AddResponseHeader=X-Gateway, edge" ]
                      routes:
                        - id: users
                          uri: http://%s
                          predicates: [ "Path=/api/users/**", "Method=GET,POST" ]
                          filters:
                            - StripPrefix=1
                            - name: RewritePath
                              args: { regexp: "/users/(?<id>.*)", replacement: "/u/$\\\\{id}" }
                        - { id: slow, uri: "http://%1$s", predicates: [ "Path=/hold" ] }
                    """
                        .formatted(endpoint.address())),
                "--expressgateway.drain.settle=0s")) {
      HttpResponse<String> response = Http.get(gateway.on("default", "/api/users/7"));

      assertThat(response.body()).isEqualTo("users /u/7");
      assertThat(response.headers().firstValue("X-Gateway")).hasValue("edge");
      assertThat(endpoint.last().header("X-Forwarded-Prefix")).isNull();
      assertThat(endpoint.last().header("X-Forwarded-For")).isEqualTo("127.0.0.1");
      assertThat(Http.send("DELETE", gateway.on("default", "/api/users/7"), "").statusCode())
          .isEqualTo(404);
      HttpResponse<String> late = Http.get(gateway.on("default", "/hold"));
      assertThat(late.statusCode()).isEqualTo(504);
      assertThat(late.body()).contains("first-byte-timeout");
    }
  }
}
