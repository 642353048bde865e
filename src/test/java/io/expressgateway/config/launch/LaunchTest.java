package io.expressgateway.config.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.config.Fixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchTest {

  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int check(Path file) {
    return new ConfigurationCheck(Fixture.VOCABULARY, Clock.systemUTC())
        .check(file, new PrintStream(out), new PrintStream(err));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void aValidFileIsZero() {
    assertThat(check(Fixture.file("full.yaml"))).isZero();
    assertThat(out.toString()).contains("is valid: listeners=2 clusters=2 routes=3");
  }

  @Test
  void everyProblemIsALineOnTheErrorStream() {
    assertThat(check(Fixture.file("wrong.yaml"))).isEqualTo(1);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines().filter(line -> !line.startsWith("warning: ")))
        .hasSizeGreaterThan(55)
        .allMatch(line -> line.split(" \\| ", -1).length == 4);
  }

  @Test
  void filesThatCannotBeReadSaySo() throws IOException {
    assertThat(check(directory.resolve("absent.yaml"))).isEqualTo(1);
    assertThat(check(directory)).isEqualTo(1);
    assertThat(check(write("a.toml", "a"))).isEqualTo(1);
    assertThat(check(write("bad.yaml", "a: [1\nb: }"))).isEqualTo(1);
    assertThat(check(write("import.yaml", "spring.config.import: file:absent.yaml"))).isEqualTo(1);

    assertThat(err.toString())
        .contains("does not exist", "is no file", "by its name", "cannot be parsed", "absent.yaml");
  }

  @Test
  void profileDocumentsOfTheFileApply() throws IOException {
    Path file =
        write(
            "p.yaml",
            """
            spring.profiles.active: blue
            expressgateway.listeners: [ { name: web, bind: "127.0.0.1:0" } ]
            ---
            spring.config.activate.on-profile: blue
            expressgateway.transport: fast
            """);

    assertThat(check(file)).isEqualTo(1);
    assertThat(err.toString()).contains("expressgateway.transport | fast");
  }

  @Test
  void theFileJoinsOtherLocations() {
    ConfigurationFile file = new ConfigurationFile(Path.of("/etc/eg.yaml"));

    assertThat(file.addTo(List.of("--a=b")))
        .containsExactly("--spring.config.additional-location=file:///etc/eg.yaml", "--a=b");
    assertThat(file.addTo(List.of("--spring.config.additional-location=file:/x/")))
        .containsExactly("--spring.config.additional-location=file:/x/,file:///etc/eg.yaml");
  }

  @Test
  void theDemoRunsOnlyWhenNobodyHasSaidAnything() throws IOException {
    assertThat(DemoDecision.applies(List.of("--a=b"), Map.of(), Map.of(), directory)).isTrue();
    assertThat(
            DemoDecision.applies(
                List.of("--spring.profiles.active=x"), Map.of(), Map.of(), directory))
        .isFalse();
    assertThat(
            DemoDecision.applies(
                List.of(), Map.of("SPRING_PROFILES_ACTIVE", "x"), Map.of(), directory))
        .isFalse();
    assertThat(
            DemoDecision.applies(
                List.of(), Map.of(), Map.of("spring.config.location", "x"), directory))
        .isFalse();
    Files.createDirectories(directory.resolve("config/eu"));
    write("config/default.yaml", "");
    assertThat(DemoDecision.applies(List.of(), Map.of(), Map.of(), directory)).isTrue();
    write("config/eu/application.properties", "");
    assertThat(DemoDecision.applies(List.of(), Map.of(), Map.of(), directory)).isFalse();
    write("application-x.yml", "");
    assertThat(DemoDecision.applies(List.of(), Map.of(), Map.of(), directory)).isFalse();
  }
}
