package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a token, and with the Actuator endpoint as it is by default: read-only. */
@Timeout(120)
class ManagementTokenIT {

  private static final String TOKEN = "correct horse battery staple";

  @TempDir static Path directory;

  private static Endpoint endpoint;
  private static GatewayJar gateway;

  @BeforeAll
  static void start() throws Exception {
    endpoint = Endpoint.start("a");
    String hash =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(TOKEN.getBytes(StandardCharsets.UTF_8)));
    gateway =
        GatewayJar.start(
            GatewayJar.file(
                directory,
                """
                expressgateway:
                  listeners: [ { name: web, bind: "127.0.0.1:0" } ]
                  clusters: [ { name: a, endpoints: [ { address: "%s" } ] } ]
                  drain.settle: 0s
                  admin.token-sha256: %s
                management.server.address: 0.0.0.0
                spring.cloud.gateway.server.webflux.routes:
                  - { id: a, uri: "lb://a", predicates: [ "Path=/**" ] }
                """
                    .formatted(endpoint.address(), hash)));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    endpoint.close();
  }

  @Test
  void aTokenAllowsManagementOnEveryAddress() {
    assertThat(gateway.readyLine()).contains(" management=0.0.0.0:");
  }

  @Test
  void everythingButProbesNeedsTheToken() {
    for (String path :
        new String[] {
          "/api/v1/version",
          "/actuator/prometheus",
          "/actuator/gateway/routes",
          "/actuator/health",
          "/"
        }) {
      HttpResponse<String> without = Http.get(gateway.management(path));
      assertThat(without.statusCode()).as(path).isEqualTo(401);
      assertThat(without.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    }
    for (String probe : new String[] {"/livez", "/readyz", "/startupz", "/healthz"}) {
      assertThat(Http.status(gateway.management(probe))).as(probe).isEqualTo(200);
    }
  }

  @Test
  void theRightTokenOpensAndAWrongOneDoesNot() {
    assertThat(
            Http.get(gateway.management("/api/v1/version"), "Authorization", "Bearer " + TOKEN)
                .statusCode())
        .isEqualTo(200);
    assertThat(
            Http.get(gateway.management("/api/v1/version"), "Authorization", "Bearer wrong")
                .statusCode())
        .isEqualTo(401);
    assertThat(
            Http.get(gateway.management("/api/v1/version"), "Authorization", "Basic " + TOKEN)
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void theActuatorEndpointIsReadOnlyUnlessAskedOtherwise() {
    String[] token = {"Authorization", "Bearer " + TOKEN};

    assertThat(Http.get(gateway.management("/actuator/gateway/routes"), token).statusCode())
        .isEqualTo(200);
    HttpResponse<String> posted =
        Http.postJson(
            gateway.management("/actuator/gateway/routes/x"),
            "{\"uri\":\"http://127.0.0.1:1\"}",
            token);
    assertThat(posted.statusCode()).isEqualTo(405);
    assertThat(posted.body()).contains("management.endpoint.gateway.access");
    assertThat(
            Http.postJson(gateway.management("/actuator/gateway/refresh"), "", token).statusCode())
        .isEqualTo(405);
  }
}
