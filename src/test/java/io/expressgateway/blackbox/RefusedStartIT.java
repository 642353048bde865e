package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads when the gateway does not start. */
@Timeout(120)
class RefusedStartIT {

  private static final String BAD =
      """
      expressgateway:
        drian.settle: 1s
        listeners:
          - { name: web, bind: "127.0.0.1:%d", protocol: https }
        clusters:
          - { name: a, balancer: roundrobin, endpoints: [ { address: "127.0.0.1" } ] }
      spring.cloud.gateway.server.webflux.routes:
        - { id: a, uri: "lb://b", predicates: [ "Path=/**" ] }
      """;

  @TempDir Path directory;

  @Test
  void everyProblemIsOnALineOfItsOwnAndNothingIsBound() {
    int listener = FreePort.choose();
    int management = FreePort.choose();
    Path file = GatewayJar.file(directory, BAD.formatted(listener));

    GatewayJar.Ended ended =
        GatewayJar.run(directory, file.toString(), "--management.server.port=" + management);

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.err()).hasSizeGreaterThanOrEqualTo(5);
    assertThat(ended.err()).allSatisfy(line -> assertThat(line.split(" \\| ", -1)).hasSize(4));
    assertThat(ended.errors())
        .contains("expressgateway.drian", "the closest known key is expressgateway.drain")
        .contains("https needs a certificate")
        .contains("expressgateway.clusters[0].balancer | roundrobin")
        .contains("expressgateway.clusters[0].endpoints[0].address | 127.0.0.1")
        .contains("lb://b");
    assertThat(ended.out()).noneMatch(line -> line.startsWith("\tat "));
    assertThat(ended.out())
        .as("management was bound")
        .noneMatch(line -> line.contains("started on port"));
    assertThat(FreePort.isFree(listener)).isTrue();
    assertThat(FreePort.isFree(management)).isTrue();
  }

  @Test
  void checkTellsGoodFromBad() {
    Path bad = GatewayJar.file(directory, BAD.formatted(1));
    Path good = GatewayJar.jar().getParent().resolveSibling("config/default.yaml");

    GatewayJar.Ended refused = GatewayJar.run(directory, "--check", bad.toString());
    GatewayJar.Ended accepted = GatewayJar.run(directory, "--check", good.toString());

    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.errors()).contains("the closest known key is expressgateway.drain");
    assertThat(accepted.exit()).isZero();
    assertThat(accepted.err()).isEmpty();
  }

  @Test
  void checkAndStartAgreeAboutARouteWithoutPredicates() {
    Path file =
        GatewayJar.file(
            directory,
            """
            expressgateway.listeners: [ { name: web, bind: "127.0.0.1:0" } ]
            spring.cloud.gateway.server.webflux.routes: [ { id: a, uri: "http://127.0.0.1:1" } ]
            """);
    String key = "spring.cloud.gateway.server.webflux.routes[0].predicates | ";

    GatewayJar.Ended checked = GatewayJar.run(directory, "--check", file.toString());
    GatewayJar.Ended started =
        GatewayJar.run(directory, file.toString(), "--management.server.port=0");

    assertThat(checked.exit()).isEqualTo(1);
    assertThat(checked.err()).singleElement().asString().startsWith(key);
    assertThat(started.exit()).isEqualTo(1);
    assertThat(started.err()).singleElement().asString().startsWith(key);
  }

  @Test
  void aWrongValueOfSpringBootsOwnIsRefusedWhileNothingIsBound() {
    Path file =
        GatewayJar.file(
            directory, "expressgateway.listeners: [ { name: web, bind: \"127.0.0.1:0\" } ]");

    GatewayJar.Ended ended =
        GatewayJar.run(
            directory,
            file.toString(),
            "--management.server.port=0",
            "--management.prometheus.metrics.export.step=rubbish");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.errors()).contains("management.prometheus.metrics.export.step", "rubbish");
    assertThat(ended.out()).noneMatch(line -> line.contains("started on port"));
  }

  @Test
  void misuseIsTwoAndShowsTheUsage() {
    GatewayJar.Ended unknown = GatewayJar.run(directory, "--nonsense");

    assertThat(unknown.exit()).isEqualTo(2);
    assertThat(unknown.errors()).contains("--nonsense").contains("usage: java");
  }

  @Test
  void aFileThatIsMissingIsNamed() {
    GatewayJar.Ended ended = GatewayJar.run(directory, "nowhere.yaml");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.err()).singleElement().asString().contains("nowhere.yaml");
  }

  @Test
  void managementForEverybodyNeedsATokenAndIsNotOpenedBeforeItIsRefused() {
    Path file =
        GatewayJar.file(
            directory,
            """
            expressgateway.listeners: [ { name: web, bind: "127.0.0.1:0" } ]
            management.server: { address: 0.0.0.0, port: 0 }
            """);

    GatewayJar.Ended ended = GatewayJar.run(directory, file.toString());

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.errors())
        .contains("management.server.address | 0.0.0.0")
        .contains("expressgateway.admin.token-sha256");
    assertThat(ended.out()).noneMatch(line -> line.contains("started on port"));
  }

  @Test
  void aPortThatIsTakenIsRefusedByTheListenersName() throws IOException {
    try (Endpoint endpoint = Endpoint.start("a");
        GatewayJar first = GatewayJar.start(oneRoute("127.0.0.1:0", endpoint))) {
      InetSocketAddress taken = first.listener("web");

      GatewayJar.Ended second =
          GatewayJar.run(
              directory,
              oneRoute("127.0.0.1:" + taken.getPort(), endpoint).toString(),
              "--management.server.port=0");

      assertThat(second.exit()).isEqualTo(1);
      assertThat(second.err())
          .singleElement()
          .asString()
          .startsWith("expressgateway.listeners[web].bind | web | ")
          .containsIgnoringCase("address already in use");
      assertThat(Http.get(first.on("web", "/")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aManagementPortThatIsTakenIsRefusedByItsKey() throws IOException {
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress("127.0.0.1", 0));
      try (Endpoint endpoint = Endpoint.start("a")) {
        GatewayJar.Ended ended =
            GatewayJar.run(
                directory,
                oneRoute("127.0.0.1:0", endpoint).toString(),
                "--management.server.port=" + taken.getLocalPort());

        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.errors()).startsWith("management.server.port | " + taken.getLocalPort());
      }
    }
  }

  private Path oneRoute(String bind, Endpoint endpoint) {
    return GatewayJar.file(
        directory,
        """
        expressgateway:
          listeners: [ { name: web, bind: "%s" } ]
          clusters: [ { name: a, endpoints: [ { address: "%s" } ] } ]
          drain.settle: 0s
        spring.cloud.gateway.server.webflux.routes:
          - { id: a, uri: "lb://a", predicates: [ "Path=/**" ] }
        """
            .formatted(bind, endpoint.address()));
  }

  @Test
  void anOlderJavaGetsOneClearLine() throws IOException {
    Path java = java17();
    Needs.present(java != null, "a Java 17 in /usr/lib/jvm");

    try (GatewayJar old =
        GatewayJar.launchCommand(
            directory, List.of(String.valueOf(java), "-jar", GatewayJar.jar().toString()))) {
      GatewayJar.Ended ended = old.awaitEnd();

      assertThat(ended.exit()).isEqualTo(1);
      assertThat(ended.out()).isEmpty();
      assertThat(ended.err())
          .containsExactly("ExpressGateway needs Java 25 or newer; this is Java 17.");
    }
  }

  private static Path java17() throws IOException {
    Path homes = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(homes)) {
      return null;
    }
    try (Stream<Path> found = Files.list(homes)) {
      return found
          .filter(home -> home.getFileName().toString().contains("-17-"))
          .map(home -> home.resolve("bin/java"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElse(null);
    }
  }
}
