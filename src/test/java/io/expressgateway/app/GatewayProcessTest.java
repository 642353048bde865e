package io.expressgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The process contract: arguments, exit codes, the first and the last line. */
@Timeout(120)
class GatewayProcessTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void helpAndVersionPrintAndEndWithZero() {
    assertThat(run("--help")).isZero();
    assertThat(run("--version")).isZero();
    assertThat(text(out)).contains("usage:").contains("expressgateway ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--import-report f", "selftest", "-x", "--nothing", "a b", "--check", "--help me"})
  void misuseEndsWithTwoAndSaysWhy(String arguments) {
    assertThat(run(arguments.split(" "))).isEqualTo(2);
    assertThat(text(err)).contains("usage:");
  }

  @Test
  void whatIsNotBuiltIsNamed() {
    run("selftest");
    run("--import-report", "f");

    assertThat(text(err))
        .contains("selftest is not built yet")
        .contains("--import-report is not built yet");
  }

  @Test
  void aMissingFileEndsWithOneAndOneLine() {
    assertThat(run("/nowhere/gateway.yaml")).isEqualTo(1);
    assertThat(text(err).lines())
        .containsExactly(
            "configuration file | /nowhere/gateway.yaml | does not exist | name a YAML or properties"
                + " file");
  }

  @Test
  void everyProblemOfTheConfigurationIsOneLine(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("gateway.yaml");
    Files.writeString(
        file,
        """
        management.server.port: 0
        spring.cloud.gateway.server.webflux.routes:
          - { id: a, uri: "lb://nowhere", predicates: [ Path=/a ] }
          - { id: b, uri: "lb://nowhere", predicates: [ Path=/b ] }
        """);

    assertThat(run(file.toString())).isEqualTo(1);
    assertThat(text(err).lines())
        .containsExactly(
            "routes[a].uri | lb://nowhere | no such cluster | define it",
            "routes[b].uri | lb://nowhere | no such cluster | define it");
  }

  @Test
  void aRouteWithoutPredicatesIsRefused() {
    String routes = "--spring.cloud.gateway.server.webflux.routes";
    assertThat(run("--management.server.port=0", routes + "[0].id=a", routes + "[0].uri=lb://a"))
        .isEqualTo(1);
    // The cluster of that route does not exist either: all problems at once.
    assertThat(text(err).lines())
        .hasSize(2)
        .startsWith(
            "spring.cloud.gateway.server.webflux.routes[0].predicates | [] | must not be empty |"
                + " write a predicate such as Path=/**");
    assertThat(text(err)).contains("routes[0].uri | lb://a | there is no cluster a");
  }

  @Test
  void brokenYamlIsOneLineWithoutStackTrace(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("gateway.yaml");
    Files.writeString(file, "a: [1\nb: }");

    assertThat(run(file.toString())).isEqualTo(1);
    assertThat(text(err).lines()).hasSize(1).first().asString().startsWith("configuration file | ");
  }

  @Test
  void aPortInUseIsOneLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(run("--management.server.port=" + port)).isEqualTo(1);
      assertThat(run("--management.server.port=0", "--test.bind=127.0.0.1:" + port)).isEqualTo(1);
      assertThat(text(err).lines()).hasSize(2);
      assertThat(text(err))
          .contains("management.server.port | " + port + " | the port is in use | ")
          .contains("expressgateway.listeners[web].bind | web | 127.0.0.1:" + port);
    }
  }

  @Test
  void sigtermDrainsAndTheLedgerIsTheLastLine() throws Exception {
    Process process = child("--test.settle=1s", "--test.timeout=60s");
    List<String> lines = new ArrayList<>();
    try (var reader = process.inputReader()) {
      String ready = readUntil(reader, "ready ", lines);
      assertThat(ready)
          .matches(
              "ready listeners=web=127\\.0\\.0\\.1:\\d+ management=127\\.0\\.0\\.1:\\d+ snapshot=1");
      String management = ready.replaceAll(".*management=(\\S+) .*", "$1");
      assertThat(status(management, "/readyz")).isEqualTo(200);

      signal(process, "HUP");
      readUntil(reader, "SIGHUP received", lines);
      signal(process, "USR1");
      readUntil(reader, "SIGUSR1 received", lines);
      signal(process, "TERM");
      readUntil(reader, "draining:", lines);
      assertThat(status(management, "/readyz")).isEqualTo(503);
      assertThat(status(management, "/livez")).isEqualTo(200);
      // The fake never becomes idle: only the second signal ends the wait of a minute.
      signal(process, "TERM");

      reader.lines().forEach(lines::add);
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(lines.getLast()).isEqualTo("ledger accepted=6 completed=3 refused=2 aborted=1");
  }

  private int run(String... arguments) {
    return new GatewayProcess(List.of(FakeParts.class), print(out), print(err)).run(arguments);
  }

  private static PrintStream print(ByteArrayOutputStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }

  private static Process child(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(FakeGateway.class.getName(), "--management.server.port=0"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .directory(new File("target"))
        .start();
  }

  private static String readUntil(java.io.BufferedReader reader, String part, List<String> lines)
      throws IOException {
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      lines.add(line);
      if (line.contains(part)) {
        return line;
      }
    }
    throw new AssertionError("no line with '" + part + "' in " + lines);
  }

  private static void signal(Process process, String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  private static int status(String management, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://" + management + path)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }
}
