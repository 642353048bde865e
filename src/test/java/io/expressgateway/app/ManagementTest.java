package io.expressgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.admin.Readiness;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

class ManagementTest {

  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway = new RunningGateway("management.endpoint.gateway.access=unrestricted");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/readyz", "/startupz", "/healthz"})
  void probesAnswerOk(String probe) {
    get(probe).expectStatus().isOk().expectBody(String.class).isEqualTo("ok");
  }

  @Test
  void listenersShowTheirRealPorts() {
    int port = gateway.dataPlane().listeners().getFirst().address().getPort();

    get("/api/v1/listeners")
        .expectBody()
        .json(
            """
            [{"name":"web","protocol":"http","address":"127.0.0.1","port":%d,"connections":3}]
            """
                .formatted(port));
  }

  @Test
  void versionNamesBuildAndTransport() {
    get("/api/v1/version")
        .expectBody()
        .jsonPath("$.name")
        .isEqualTo("expressgateway")
        .jsonPath("$.transport")
        .isEqualTo("nio");
  }

  @Test
  void routesShowOrderUriAndCluster() {
    get("/api/v1/routes")
        .expectBody()
        .json(
            """
            [{"id":"orders","order":3,"uri":"lb://orders","cluster":"orders","state":"active"}]
            """);
  }

  @Test
  void anEndpointIsDrainedAndUndrained() {
    post("/api/v1/clusters/orders/endpoints/127.0.0.1:9001/drain", "")
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.draining")
        .isEqualTo(true);
    get("/api/v1/clusters/orders")
        .expectBody()
        .json(
            """
            {"name":"orders","balancer":"round-robin","endpoints":[{"address":"127.0.0.1:9001",
             "weight":1,"health":"healthy","ejected":false,"draining":true,"active":4,
             "requests":100,"failures":7}]}
            """);
    post("/api/v1/clusters/orders/endpoints/127.0.0.1:9001/undrain", "").expectStatus().isOk();
    get("/api/v1/clusters").expectBody().jsonPath("$[0].endpoints[0].draining").isEqualTo(false);
  }

  @Test
  void anUnknownClusterOrEndpointIsAProblem() {
    get("/api/v1/clusters/none")
        .expectStatus()
        .isNotFound()
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody()
        .jsonPath("$.problems[0].key")
        .isEqualTo("cluster")
        .jsonPath("$.problems[0].remedy")
        .isNotEmpty();
    post("/api/v1/clusters/orders/endpoints/127.0.0.1:1/drain", "").expectStatus().isNotFound();
    post("/api/v1/clusters/none/endpoints/127.0.0.1:1/drain", "").expectStatus().isNotFound();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/orders/1", "/api/v1/nothing", "/", "/actuator/env", "/actuator/beans"})
  void otherPathsAreNotFound(String path) {
    get(path)
        .expectStatus()
        .isNotFound()
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody()
        .jsonPath("$.problems")
        .isArray();
  }

  @Test
  void aCallThatIsNotBuiltSaysSo() {
    post("/api/v1/reload", "{}")
        .expectStatus()
        .isEqualTo(501)
        .expectBody()
        .jsonPath("$.detail")
        .isEqualTo("POST /api/v1/reload is not built yet");
  }

  @Test
  void saysWhyNothingIsForwardedInTheKernel() {
    get("/api/v1/xdp")
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.active")
        .isEqualTo(false)
        .jsonPath("$.reason")
        .isEqualTo("expressgateway.xdp.enabled is off");
    post("/api/v1/xdp/explain", "{\"source\":\"192.0.2.1:1\",\"destination\":\"192.0.2.2:80\"}")
        .expectStatus()
        .isEqualTo(409);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"source\":\"localhost:1\",\"destination\":\"192.0.2.2:80\"}",
        "{\"source\":\"192.0.2.1:1\",\"destination\":\"[2001:db8::1]:80\"}",
        "{\"source\":\"192.0.2.1:1\",\"destination\":\"192.0.2.2:80\",\"protocol\":\"sctp\"}",
        "{\"source\":\"192.0.2.1:1\",\"destination\":\"192.0.2.2:80\",\"tcpFlags\":\"urg\"}"
      })
  void refusesToExplainWhatIsNoPacket(String body) {
    post("/api/v1/xdp/explain", body)
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.problems[0].remedy")
        .isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/actuator/health", "/actuator/info", "/actuator/prometheus"})
  void actuatorIsExposed(String path) {
    get(path).expectStatus().isOk();
  }

  @Test
  void prometheusShowsOurMetricsAndTheJvms() {
    get("/actuator/prometheus")
        .expectBody(String.class)
        .value(text ->
            assertThat(text)
                .contains("expressgateway_connections{listener=\"web\"} 3.0")
                .contains("expressgateway_pool_connections{cluster=\"orders\",state=\"idle\"} 2.0")
                .contains(
                    "expressgateway_endpoint_healthy{cluster=\"orders\",endpoint=\"127.0.0.1:9001\"} 1.0")
                .contains("expressgateway_routes_unindexed 4.0")
                .contains("expressgateway_exchanges_total{state=\"refused\"} 2.0")
                .contains("jvm_memory_used_bytes"));
  }

  @Test
  void aPostedRouteTakesEffectAtRefresh() {
    post("/actuator/gateway/routes/extra", "{\"uri\":\"lb://orders\",\"predicates\":[\"Path=/x\"]}")
        .expectStatus()
        .isCreated()
        .expectHeader()
        .location("/routes/extra");
    get("/actuator/gateway/routes/extra").expectStatus().isNotFound();

    post("/actuator/gateway/refresh", "").expectStatus().isOk();

    get("/actuator/gateway/routes/extra")
        .expectBody()
        .jsonPath("$.route_id")
        .isEqualTo("extra")
        .jsonPath("$.predicate")
        .isEqualTo("Path=/x");
    delete("/actuator/gateway/routes/extra").expectStatus().isOk();
    delete("/actuator/gateway/routes/extra").expectStatus().isNotFound();
    post("/actuator/gateway/refresh", "").expectStatus().isOk();
    get("/actuator/gateway/routes/extra").expectStatus().isNotFound();
  }

  @Test
  void aRefreshWithProblemsKeepsTheOldRoutesAndSaysWhy() {
    long version = gateway.dataPlane().snapshot().version();
    post("/actuator/gateway/routes", "[{\"id\":\"bad\",\"uri\":\"lb://nowhere\"}]")
        .expectStatus()
        .isOk();

    post("/actuator/gateway/refresh", "")
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.problems[0].reason")
        .isEqualTo("no such cluster");

    assertThat(gateway.dataPlane().snapshot().version()).isEqualTo(version);
    delete("/actuator/gateway/routes/bad").expectStatus().isOk();
  }

  @Test
  void anEqualConfigurationIsNotPublished() {
    post("/actuator/gateway/refresh", "").expectStatus().isOk();
    int before = gateway.dataPlane().published.size();

    post("/actuator/gateway/refresh", "").expectStatus().isOk();

    assertThat(gateway.dataPlane().published).hasSize(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"uri\":\"lb://a\",\"predicates\":[\"Path=/#{@bean}\"]}",
        "{\"uri\":\"lb://a\",\"filters\":[{\"name\":\"X\",\"args\":{\"k\":\"#{1}\"}}]}",
        "{\"uri\":\"lb://a\",\"metadata\":{\"a\":[{\"b\":\"#{1}\"}]}}",
        "{\"uri\":\"nowhere\"}",
        "{}"
      })
  void aPostedRouteWithExpressionsOrWithoutUriIsRefused(String body) {
    post("/actuator/gateway/routes/evil", body)
        .expectStatus()
        .isBadRequest()
        .expectBody()
        .jsonPath("$.problems[0].remedy")
        .isNotEmpty();
  }

  @Test
  void aMalformedBodyIsAProblem() {
    post("/actuator/gateway/routes/evil", "{")
        .expectStatus()
        .isBadRequest()
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON);
  }

  @Test
  void theGatewayEndpointHasSpringCloudGatewaysBodies() {
    get("/actuator/gateway/routes")
        .expectBody()
        .json(
            """
            [{"predicate":"Path=/orders/**","route_id":"orders","uri":"lb://orders","order":3,
              "filters":["[[StripPrefix=1], order = 1]"]}]
            """);
    get("/actuator/gateway/routes/orders/combinedfilters")
        .expectBody()
        .json("{\"[[StripPrefix=1], order = 1]\":1}");
    get("/actuator/gateway/globalfilters").expectBody().json("{}");
    get("/actuator/gateway/routefilters").expectStatus().isOk();
    get("/actuator/gateway/routepredicates").expectStatus().isOk();
    get("/actuator/gateway/routedefinitions").expectBody().jsonPath("$[0].id").isEqualTo("orders");
    get("/actuator/gateway").expectBody().jsonPath("$[0].href").isNotEmpty();
    get("/actuator/gateway/routes/none/combinedfilters").expectBody().json("{}");
  }

  @Test
  void aFormOfAnotherSiteCannotChangeState() {
    String drain = "/api/v1/clusters/orders/endpoints/127.0.0.1:9001/drain";
    gateway
        .management
        .post()
        .uri(drain)
        .contentType(MediaType.APPLICATION_FORM_URLENCODED)
        .bodyValue("x=1")
        .exchange()
        .expectStatus()
        .isEqualTo(415);
    gateway
        .management
        .post()
        .uri(drain)
        .contentType(MediaType.APPLICATION_JSON)
        .header("Origin", "https://evil.example")
        .bodyValue("{}")
        .exchange()
        .expectStatus()
        .isForbidden();
    gateway
        .management
        .post()
        .uri("/api/v1/clusters/orders/endpoints/127.0.0.1:9001/undrain")
        .contentType(MediaType.APPLICATION_JSON)
        .header("Origin", "http://127.0.0.1:" + gateway.port())
        .bodyValue("{}")
        .exchange()
        .expectStatus()
        .isOk();
  }

  @Test
  void aTokenGuardsEverythingButTheProbes() {
    // SHA-256 of "secret".
    try (RunningGateway guarded =
        new RunningGateway(
            "expressgateway.admin.token-sha256=2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b")) {
      WebTestClient client = guarded.management;
      client.get().uri("/readyz").exchange().expectStatus().isOk();
      client
          .get()
          .uri("/api/v1/version")
          .exchange()
          .expectStatus()
          .isUnauthorized()
          .expectHeader()
          .valueEquals("WWW-Authenticate", "Bearer");
      client.get().uri("/actuator/prometheus").exchange().expectStatus().isUnauthorized();
      client.get().uri("/actuator/gateway/routes").exchange().expectStatus().isUnauthorized();
      client
          .get()
          .uri("/api/v1/version")
          .header("Authorization", "Bearer wrong")
          .exchange()
          .expectStatus()
          .isUnauthorized();
      client
          .get()
          .uri("/api/v1/version")
          .header("Authorization", "Bearer secret")
          .exchange()
          .expectStatus()
          .isOk();
      readOnlyByDefault(client);
      guarded.context.getBean(Readiness.class).draining();
      client
          .get()
          .uri("/readyz")
          .exchange()
          .expectStatus()
          .isEqualTo(503)
          .expectBody()
          .jsonPath("$[0]")
          .isEqualTo("draining: the process has been told to stop");
    }
  }

  private static void readOnlyByDefault(WebTestClient client) {
    client
        .post()
        .uri("/actuator/gateway/refresh")
        .contentType(MediaType.APPLICATION_JSON)
        .header("Authorization", "Bearer secret")
        .exchange()
        .expectStatus()
        .isEqualTo(405)
        .expectBody()
        .jsonPath("$.problems[0].key")
        .isEqualTo("management.endpoint.gateway.access");
  }

  private static WebTestClient.ResponseSpec get(String path) {
    return gateway.management.get().uri(path).exchange();
  }

  private static WebTestClient.ResponseSpec delete(String path) {
    return gateway
        .management
        .method(HttpMethod.DELETE)
        .uri(path)
        .contentType(MediaType.APPLICATION_JSON)
        .exchange();
  }

  private static WebTestClient.ResponseSpec post(String path, String body) {
    return gateway
        .management
        .post()
        .uri(path)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange();
  }
}
