package io.expressgateway.config.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.config.Compilation;
import io.expressgateway.config.Fixture;
import io.expressgateway.config.Problem;
import io.expressgateway.route.Route;
import io.expressgateway.snapshot.ListenerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Unmodified Spring Cloud Gateway files start. */
class GatewayFilesTest {

  @Test
  void startsFromAFileWithTheOldPrefix() {
    Compilation.Accepted accepted = Fixture.accepted(Fixture.load("gateway-old-prefix.yaml"));

    ListenerSpec listener = accepted.snapshot().listeners().getFirst();
    assertThat(listener.name()).isEqualTo("default");
    assertThat(listener.bind()).hasToString("0.0.0.0:18080");
    assertThat(listener.forwarding().xPrefix()).isFalse();
    assertThat(listener.http().responseTimeout()).isEqualTo(Duration.ofSeconds(5));
    ClusterSpec users = accepted.snapshot().clusters().getFirst();
    assertThat(users.name()).isEqualTo("users.internal:8081");
    assertThat(users.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(users.firstByteTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(users.pool().maxConnections()).isEqualTo(200);
    assertThat(users.pool().idleTimeout()).isEqualTo(Duration.ofSeconds(15));
    assertThat(users.implicit()).isTrue();
    assertThat(accepted.snapshot().routes()).extracting(Route::id).contains("socket", "users");
    Route route = accepted.snapshot().routes().getLast();
    assertThat(route.filters())
        .extracting(filter -> filter.name())
        .containsExactly("AddResponseHeader", "StripPrefix", "RewritePath");
    assertThat(route.filters().getLast().arguments())
        .containsEntry("regexp", "/users/(?<id>.*)")
        .containsEntry("replacement", "/u/$\\{id}");
  }

  @Test
  void namesTheNewKeyOfEachOldOne() {
    assertThat(Fixture.accepted(Fixture.load("gateway-old-prefix.yaml")).warnings())
        .extracting(Problem::key, Problem::remedy)
        .contains(
            org.assertj.core.groups.Tuple.tuple(
                "spring.cloud.gateway.routes",
                "rename it to spring.cloud.gateway.server.webflux.routes"))
        .doesNotHaveDuplicates();
  }

  @Test
  void startsFromAFileWithTheNewPrefix() {
    Compilation.Accepted accepted = Fixture.accepted(Fixture.load("gateway-new-prefix.properties"));

    ListenerSpec listener = accepted.snapshot().listeners().getFirst();
    assertThat(listener.bind().port()).isEqualTo(18_081);
    assertThat(listener.trustedProxyPattern()).isEqualTo("10\\.0\\.0\\..*");
    assertThat(listener.forwarding().forwarded()).isFalse();
    assertThat(listener.http().keepAliveTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(listener.http().maxHeaderBytes()).isEqualTo(16 * 1024);
    assertThat(accepted.snapshot().routes()).extracting(Route::id).containsExactly("first");
    assertThat(accepted.snapshot().routes().getFirst().metadata())
        .containsEntry("response-timeout", -1L);
    assertThat(accepted.settings().secureHeaders())
        .isEqualTo(Map.of("frame-options", "SAMEORIGIN"));
    assertThat(accepted.settings().version())
        .isEqualTo(Map.of("header-name", "X-Version", "supported-versions", "1.0,2.0"));
    assertThat(accepted.warnings()).isEmpty();
  }

  @Test
  void springBootsOwnServerBecomesTheManagementServer() {
    StandardEnvironment environment =
        Fixture.yaml(
            """
            server: { port: 8080, address: 0.0.0.0 }
            management.server: { port: 0, address: 127.0.0.2 }
            """);
    new GatewayEnvironment()
        .postProcessEnvironment(environment, new org.springframework.boot.SpringApplication());
    GatewayEnvironment.apply(environment);

    assertThat(environment.getProperty("server.port")).isEqualTo("0");
    assertThat(environment.getProperty("server.address")).isEqualTo("127.0.0.2");
    assertThat(environment.getProperty("management.server.port")).isNull();
    assertThat(environment.getProperty("management.server.address")).isNull();
    WrittenKeys written = WrittenKeys.of(environment);
    assertThat(written.value("server.port")).contains("8080");
    assertThat(written.value("management.server.port")).contains("0");
  }

  @Test
  void aManagementPortOutOfTheEnvironmentIsHiddenToo() {
    StandardEnvironment environment = Fixture.bare();
    environment
        .getPropertySources()
        .addLast(
            new SystemEnvironmentPropertySource(
                "systemEnvironment",
                Map.of(
                    "MANAGEMENT_SERVER_PORT", "9191",
                    "SERVER_PORT", "18082",
                    "EXPRESSGATEWAY_PORT", "tcp://10.0.0.1:80",
                    "SPRING_CLOUD_GATEWAY_ROUTES_0_ID", "env",
                    "SPRING_CLOUD_GATEWAY_ROUTES_0_URI", "http://h:1")));

    Compilation.Accepted accepted = Fixture.accepted(environment);

    assertThat(environment.getProperty("server.port")).isEqualTo("9191");
    assertThat(environment.getProperty("MANAGEMENT_SERVER_PORT")).isNull();
    assertThat(accepted.settings().managementPort()).isEqualTo(9191);
    assertThat(accepted.snapshot().listeners().getFirst().bind().port()).isEqualTo(18_082);
    assertThat(accepted.snapshot().routes()).extracting(Route::id).containsExactly("env");
    assertThat(accepted.warnings())
        .extracting(Problem::key)
        .contains("expressgateway.port", "spring.cloud.gateway.routes");
  }

  @Test
  void aManagementPortThatIsNoneIsReportedAndReplaced() {
    StandardEnvironment environment = Fixture.bare();
    environment
        .getPropertySources()
        .addLast(new MapPropertySource("a", Map.of("management.server.port", "x")));
    List<String> problems = Fixture.refused(environment);

    assertThat(environment.getProperty("server.port")).isEqualTo("9090");
    assertThat(problems).anyMatch(line -> line.startsWith("management.server.port | x | is not"));
  }

  @Test
  void warnsOfAnUnknownKeyAndOfOnesWithoutEffect() {
    Compilation.Accepted accepted =
        Fixture.accepted(
            Fixture.yaml(
                """
                expressgateway.listeners: [ { name: a, bind: "[::1]:0" } ]
                server: { port: 1, compresion.enabled: true, ssl: { enabled: false, key-store: x } }
                spring.cloud.gateway.server.webflux.httpclient.wiretap: true
                """));

    assertThat(accepted.warnings())
        .extracting(Problem::line)
        .anyMatch(line -> line.contains("the closest known key is server.compression.enabled"))
        .anyMatch(line -> line.startsWith("server.port | 1 | has no effect"))
        .anyMatch(line -> line.contains("httpclient.wiretap"));
  }

  @Test
  void aRouteThatCannotBeReadDoesNotHideTheOthers() {
    var problems = new io.expressgateway.config.Problems();
    var routes =
        RouteDefinitions.routes(
            Fixture.yaml(
                """
                spring.cloud.gateway.server.webflux.routes:
                  - { id: bad, uri: "http://h:1", order: high }
                  - { id: good, uri: "http://h:1", predicates: [ Path=/** ] }
                """),
            problems);

    assertThat(routes).extracting(r -> r.getId()).containsExactly("good");
    assertThat(problems.refusals())
        .singleElement()
        .extracting(Problem::key, Problem::value)
        .containsExactly("spring.cloud.gateway.server.webflux.routes[0].order", "high");
  }
}
