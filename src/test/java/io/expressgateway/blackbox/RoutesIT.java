package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Predicates, filters and route metadata as written in a YAML file. */
@Timeout(120)
class RoutesIT {

  private static final String ROUTES =
      """
      expressgateway:
        listeners:
          - { name: web, bind: "127.0.0.1:0" }
          - { name: inner, bind: "127.0.0.1:0" }
        clusters:
          - name: a
            retry.budget-percent: 100
            endpoints: [ { address: "%1$s" } ]
          - name: both
            balancer: round-robin
            endpoints: [ { address: "127.0.0.1:%3$d" }, { address: "%1$s" } ]
        drain.settle: 0s
      spring.cloud.gateway.server.webflux:
        default-filters: [ "AddResponseHeader=X-Edge, yes" ]
        routes:
          - { id: strip, uri: "lb://a", predicates: [ "Path=/strip/**" ], filters: [ "StripPrefix=1" ] }
          - id: rewrite
            uri: lb://a
            predicates: [ "Path=/red/{segment}/**" ]
            filters: [ "RewritePath=/red/?(?<rest>.*), /$\\\\{rest}", "AddRequestHeader=X-Segment, {segment}" ]
          - { id: limited, uri: "lb://a", predicates: [ "Path=/limited" ], filters: [ "RequestSize=10" ] }
          - { id: metadata, uri: "lb://a", predicates: [ "Path=/metadata" ], metadata: { max-body-size: 5B } }
          - { id: moved, uri: "no://op", predicates: [ "Path=/moved" ], filters: [ "RedirectTo=302, http://example.org/" ] }
          - { id: hold, uri: "lb://a", predicates: [ "Path=/hold" ], metadata: { response-timeout: 200 } }
          - { id: total, uri: "lb://a", predicates: [ "Path=/hold/total" ], metadata: { total-timeout: 200ms } }
          - { id: try, uri: "lb://a", predicates: [ "Path=/hold/try" ], metadata: { per-try-timeout: 200ms } }
          - { id: heavy, uri: "http://%1$s", predicates: [ "Path=/weight", "Weight=group, 8" ] }
          - { id: light, uri: "http://%2$s", predicates: [ "Path=/weight", "Weight=group, 2" ] }
          - { id: inner, uri: "lb://a", predicates: [ "Path=/inner" ], metadata: { listeners: [ inner ] } }
          - { id: host, uri: "lb://a", predicates: [ "Path=/host", "Header=X-Tenant, \\\\d+" ], filters: [ "SetRequestHostHeader=tenant.test" ] }
          - { id: other, uri: "lb://both", predicates: [ "Path=/both" ] }
      """;

  @TempDir static Path directory;

  private static Endpoint first;
  private static Endpoint second;
  private static GatewayJar gateway;

  @BeforeAll
  static void start() {
    first = Endpoint.start("first");
    second = Endpoint.start("second");
    String yaml = ROUTES.formatted(first.address(), second.address(), FreePort.choose());
    gateway = GatewayJar.start(GatewayJar.file(directory, yaml));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    first.close();
    second.close();
  }

  private static HttpResponse<String> get(String target, String... headers) {
    return Http.get(gateway.on("web", target), headers);
  }

  @Test
  void stripPrefixAndDefaultFiltersApply() {
    HttpResponse<String> response = get("/strip/a/b?c=d%20e");

    assertThat(response.body()).isEqualTo("first /a/b?c=d%20e");
    assertThat(response.headers().firstValue("X-Edge")).hasValue("yes");
    assertThat(first.last().header("X-Forwarded-Prefix")).isEqualTo("/strip");
  }

  @Test
  void rewritePathAndTemplateVariablesApply() {
    assertThat(get("/red/blue/green").body()).isEqualTo("first /blue/green");
    assertThat(first.last().header("X-Segment")).isEqualTo("blue");
  }

  @Test
  void aBodyLargerThanTheRoutesLimitIsRefused() {
    HttpResponse<String> larger = Http.send("POST", gateway.on("web", "/limited"), "eleven bytes");
    HttpResponse<String> smaller = Http.send("POST", gateway.on("web", "/limited"), "ten bytes!");

    assertThat(larger.statusCode()).isEqualTo(413);
    assertThat(smaller.body()).isEqualTo("first /limited");
    assertThat(first.last().text()).isEqualTo("ten bytes!");
  }

  @Test
  void metadataLimitsABody() {
    HttpResponse<String> larger = Http.send("POST", gateway.on("web", "/metadata"), "sixsix");

    assertThat(larger.statusCode()).isEqualTo(413);
    assertThat(larger.body()).contains("\"why\":\"body-too-large\"");
    assertThat(Http.send("POST", gateway.on("web", "/metadata"), "five!").statusCode())
        .isEqualTo(200);
  }

  @Test
  void aRedirectIsAnsweredHere() {
    HttpResponse<String> response = get("/moved");

    assertThat(response.statusCode()).isEqualTo(302);
    assertThat(response.headers().firstValue("Location")).hasValue("http://example.org/");
  }

  @Test
  void eachTimeoutOfTheMetadataIsNamedInItsAnswer() {
    HttpResponse<String> response = get("/hold");
    HttpResponse<String> total = get("/hold/total");
    HttpResponse<String> perTry = get("/hold/try");

    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(response.body()).contains("\"why\":\"response-timeout\"");
    assertThat(total.statusCode()).isEqualTo(504);
    assertThat(total.body()).contains("\"why\":\"total-timeout\"");
    assertThat(perTry.statusCode()).isEqualTo(504);
    assertThat(perTry.body()).contains("\"why\":\"per-try-timeout\"");
  }

  /** 200 draws of 8 to 2: fewer than 110 or more than 195 of the heavy one is no such weight. */
  @Test
  void weightsDivideTheTraffic() {
    int heavy = 0;
    for (int i = 0; i < 200; i++) {
      heavy += get("/weight").body().startsWith("first") ? 1 : 0;
    }

    assertThat(heavy).isBetween(110, 195);
  }

  @Test
  void aRouteMayServeOneListenerOnly() {
    assertThat(get("/inner").statusCode()).isEqualTo(404);
    assertThat(Http.get(gateway.on("inner", "/inner")).body()).isEqualTo("first /inner");
  }

  @Test
  void predicatesOnHeadersDecideAndTheHostIsRewritten() {
    assertThat(get("/host").statusCode()).isEqualTo(404);
    assertThat(get("/host", "X-Tenant", "42").body()).isEqualTo("first /host");
    assertThat(first.last().header("Host")).isEqualTo("tenant.test");
  }

  @Test
  void anEndpointThatRefusesConnectionsIsReplacedByAnotherOne() {
    for (int i = 0; i < 4; i++) {
      assertThat(get("/both").body()).isEqualTo("first /both");
    }
  }

  @Test
  void forwardingHeadersOfAClientThatNobodyTrustsAreReplaced() {
    get(
        "/strip/x",
        "X-Forwarded-For",
        "192.0.2.1",
        "X-Forwarded-Host",
        "evil.test",
        "Forwarded",
        "for=1");

    assertThat(first.last().headers().get("X-Forwarded-For")).containsExactly("127.0.0.1");
    assertThat(first.last().header("X-Forwarded-Host")).startsWith("127.0.0.1:");
    assertThat(first.last().header("Forwarded")).doesNotContain("for=1;").contains("127.0.0.1");
    assertThat(first.last().header("Via")).isEqualTo("1.1 expressgateway");
  }

  @Test
  void aClientThatOffersHttp2InClearTextGetsHttp1() throws Exception {
    HttpResponse<String> response;
    try (HttpClient offersUpgrade = HttpClient.newHttpClient()) {
      response =
          offersUpgrade.send(
              Http.request(gateway.on("web", "/strip/h2c")).build(), BodyHandlers.ofString());
    }

    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    assertThat(response.body()).isEqualTo("first /h2c");
    assertThat(first.last().header("Upgrade")).isNull();
    assertThat(first.last().header("HTTP2-Settings")).isNull();
  }
}
