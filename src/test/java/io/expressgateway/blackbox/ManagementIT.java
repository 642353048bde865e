package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The management port: what it tells, and that what it changes reaches the traffic. */
@Timeout(120)
class ManagementIT {

  @TempDir static Path directory;

  private static Endpoint first;
  private static Endpoint second;
  private static GatewayJar gateway;

  @BeforeAll
  static void start() {
    first = Endpoint.start("first");
    second = Endpoint.start("second");
    gateway =
        GatewayJar.start(
            GatewayJar.file(
                directory,
                """
                expressgateway:
                  listeners: [ { name: web, bind: "0.0.0.0:0" } ]
                  clusters:
                    - name: pair
                      endpoints: [ { address: "%s" }, { address: "%s" } ]
                  drain.settle: 0s
                management.endpoint.gateway.access: unrestricted
                spring.cloud.gateway.server.webflux.routes:
                  - id: pair
                    uri: lb://pair
                    predicates: [ "Path=/pair/**" ]
                    filters: [ "StripPrefix=1" ]
                """
                    .formatted(first.address(), second.address())));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    first.close();
    second.close();
  }

  private static String read(String path) {
    HttpResponse<String> response = Http.get(gateway.management(path));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  @Test
  void theVersionNamesTheProductTheJavaAndTheTransport() {
    assertThat(read("/api/v1/version"))
        .matches(
            "\\{\"name\":\"expressgateway\",\"version\":\"[^\"]+\",\"java\":\"25[^\"]*\",\"transport\":\"(epoll|nio)\",\"eventLoops\":[1-9]\\d*}");
  }

  @Test
  void listenersShowTheirRealPorts() {
    assertThat(read("/api/v1/listeners"))
        .matches(
            "\\[\\{\"name\":\"web\",\"protocol\":\"http\",\"address\":\"0\\.0\\.0\\.0\",\"port\":"
                + gateway.listener("web").getPort()
                + ",\"connections\":\\d+}]");
  }

  @Test
  void routesAndTheSnapshotAreShown() {
    assertThat(read("/api/v1/routes"))
        .contains(
            "{\"id\":\"pair\",\"order\":0,\"uri\":\"lb://pair\",\"cluster\":\"pair\",\"state\":\"active\"}");
    assertThat(read("/api/v1/snapshot"))
        .matches("\\{\"version\":\\d+,\"hash\":\"[0-9a-f]{64}\",\"loadedAt\":\"[^\"]+Z\"}");
  }

  @Test
  void aDrainedEndpointTakesNoWorkUntilItIsUndrained() {
    String endpoint = "/api/v1/clusters/pair/endpoints/" + second.address();

    HttpResponse<String> drained = Http.postJson(gateway.management(endpoint + "/drain"), "");
    assertThat(drained.statusCode()).as(drained.body()).isEqualTo(200);
    assertThat(read("/api/v1/clusters/pair"))
        .contains("\"balancer\":\"round-robin\"")
        .containsPattern("\"address\":\"" + second.address() + "\"[^}]*\"draining\":true");
    for (int i = 0; i < 6; i++) {
      assertThat(Http.get(gateway.on("web", "/pair/x")).body()).isEqualTo("first /x");
    }

    assertThat(Http.postJson(gateway.management(endpoint + "/undrain"), "").statusCode())
        .isEqualTo(200);
    Awaitility.await("the endpoint takes work again")
        .until(() -> Http.get(gateway.on("web", "/pair/x")).body().equals("second /x"));
  }

  @Test
  void clustersAndEndpointsThatAreNotThereAre404() {
    HttpResponse<String> cluster = Http.get(gateway.management("/api/v1/clusters/nowhere"));
    HttpResponse<String> endpoint =
        Http.postJson(gateway.management("/api/v1/clusters/pair/endpoints/192.0.2.1:1/drain"), "");

    assertThat(cluster.statusCode()).isEqualTo(404);
    assertThat(cluster.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(cluster.body()).contains("\"problems\":[{\"key\":\"cluster\"");
    assertThat(endpoint.statusCode()).isEqualTo(404);
  }

  @Test
  void aPostedRouteServesAfterARefreshAndIsGoneAfterItsDeletion() {
    String definition =
        "{\"uri\":\"http://%s\",\"predicates\":[{\"name\":\"Path\",\"args\":{\"pattern\":\"/posted/**\"}}]}"
            .formatted(second.address());

    HttpResponse<String> posted =
        Http.postJson(gateway.management("/actuator/gateway/routes/posted"), definition);
    assertThat(posted.statusCode()).as(posted.body()).isEqualTo(201);
    assertThat(Http.status(gateway.on("web", "/posted/1"))).as("before the refresh").isEqualTo(404);
    refresh();
    assertThat(Http.get(gateway.on("web", "/posted/1")).body()).isEqualTo("second /posted/1");
    assertThat(read("/actuator/gateway/routes")).contains("\"route_id\":\"posted\"");
    assertThat(read("/actuator/gateway/routes/posted")).contains("/posted/**");

    HttpResponse<String> deleted =
        Http.send(
            "DELETE",
            gateway.management("/actuator/gateway/routes/posted"),
            "",
            "Content-Type",
            "application/json");
    assertThat(deleted.statusCode()).as(deleted.body()).isEqualTo(200);
    refresh();
    assertThat(Http.status(gateway.on("web", "/posted/1"))).isEqualTo(404);
    assertThat(Http.get(gateway.management("/actuator/gateway/routes/posted")).statusCode())
        .isEqualTo(404);
  }

  @Test
  void aPostedRouteWithAnExpressionOrAnUnknownFilterIsRefused() {
    HttpResponse<String> expression =
        Http.postJson(
            gateway.management("/actuator/gateway/routes/evil"),
            "{\"uri\":\"http://127.0.0.1:1\",\"filters\":[{\"name\":\"AddRequestHeader\",\"args\":{\"name\":\"A\",\"value\":\"#{T(java.lang.Runtime)}\"}}]}");
    HttpResponse<String> unknown =
        Http.postJson(
            gateway.management("/actuator/gateway/routes/odd"),
            "{\"uri\":\"http://127.0.0.1:1\",\"filters\":[{\"name\":\"Unheard\"}]}");

    assertThat(expression.statusCode()).isEqualTo(400);
    assertThat(unknown.statusCode()).isEqualTo(400);
    assertThat(unknown.body()).contains("Unheard");
  }

  private static void refresh() {
    HttpResponse<String> refreshed =
        Http.postJson(gateway.management("/actuator/gateway/refresh"), "");
    assertThat(refreshed.statusCode()).as(refreshed.body()).isEqualTo(200);
  }

  @Test
  void prometheusShowsTheTrafficUnderItsNames() {
    Http.get(gateway.on("web", "/pair/metrics"));
    Http.get(gateway.on("web", "/unrouted"));

    String metrics = read("/actuator/prometheus");

    assertThat(metrics)
        .contains(
            "expressgateway_requests_total{listener=\"web\",protocol=\"HTTP/1.1\",route=\"pair\",status_class=\"2xx\"}",
            "expressgateway_requests_total{listener=\"web\",protocol=\"HTTP/1.1\",route=\"_none\",status_class=\"4xx\"}",
            "expressgateway_request_duration_seconds_count{listener=\"web\",protocol=\"HTTP/1.1\",route=\"pair\"}",
            "expressgateway_upstream_requests_total{cluster=\"pair\",endpoint=\""
                + first.address()
                + "\",status_class=\"2xx\"}",
            "expressgateway_upstream_duration_seconds_count{cluster=\"pair\"}",
            "expressgateway_connections{listener=\"web\"}",
            "expressgateway_pool_connections{cluster=\"pair\",state=\"idle\"}",
            "expressgateway_endpoint_healthy{cluster=\"pair\",endpoint=\""
                + first.address()
                + "\"} 1.0",
            "expressgateway_failures_total{why=\"no-route\"}",
            "spring_cloud_gateway_requests_seconds_count{httpMethod=\"GET\",httpStatusCode=\"200\"",
            "jvm_memory_used_bytes");
  }

  @Test
  void routesOfTheGatewayDoNotRunOnTheManagementPort() {
    assertThat(Http.get(gateway.management("/pair/x")).statusCode()).isEqualTo(404);
    assertThat(Http.get(gateway.management("/actuator/env")).statusCode()).isEqualTo(404);
    assertThat(Http.get(gateway.on("web", "/actuator/health")).statusCode()).isEqualTo(404);
  }

  @Test
  void probesAndHealthAnswer() {
    for (String probe : new String[] {"/livez", "/readyz", "/startupz", "/healthz"}) {
      assertThat(read(probe)).isEqualTo("ok");
    }
    assertThat(read("/actuator/health")).contains("\"status\":\"UP\"");
  }

  @Test
  void aBrowserCannotBeUsedToChangeAnything() {
    String drain = "/api/v1/clusters/pair/endpoints/" + first.address() + "/drain";

    HttpResponse<String> otherOrigin =
        Http.postJson(gateway.management(drain), "", "Origin", "http://evil.test");
    HttpResponse<String> form =
        Http.send(
            "POST",
            gateway.management(drain),
            "a=b",
            "Content-Type",
            "application/x-www-form-urlencoded");

    assertThat(otherOrigin.statusCode()).isEqualTo(403);
    assertThat(form.statusCode()).isEqualTo(415);
    assertThat(read("/api/v1/clusters/pair"))
        .containsPattern("\"address\":\"" + first.address() + "\"[^}]*\"draining\":false");
    String own = "http://127.0.0.1:" + gateway.management("/").getPort();
    assertThat(
            Http.postJson(
                    gateway.management(drain.replace("/drain", "/undrain")), "", "Origin", own)
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void whatIsNotBuiltSaysSo() {
    HttpResponse<String> reload = Http.postJson(gateway.management("/api/v1/reload"), "");

    assertThat(reload.statusCode()).isEqualTo(501);
    assertThat(reload.body()).contains("not built yet");
  }
}
