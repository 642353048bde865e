package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Out of memory is the end of the process, with 3, in place of half a gateway. */
@Timeout(120)
class OutOfMemoryIT {

  @TempDir Path directory;

  /** A heap that cannot hold the configuration: the error comes on the main thread, at start. */
  @Test
  void aHeapThatIsTooSmallEndsWithThree() throws IOException {
    StringBuilder routes = new StringBuilder("spring.cloud.gateway.server.webflux.routes:\n");
    for (int i = 0; i < 20_000; i++) {
      routes
          .append("  - { id: r")
          .append(i)
          .append(", uri: \"http://127.0.0.1:1\", predicates: [ \"Path=/**\" ] }\n");
    }
    Path file = Files.writeString(directory.resolve("many.yaml"), routes);

    try (GatewayJar gateway =
        GatewayJar.launchCommand(
            directory,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx24m",
                "-jar",
                GatewayJar.jar().toString(),
                file.toString(),
                "--management.server.port=0",
                "--server.port=0"))) {
      GatewayJar.Ended ended = gateway.awaitEnd();

      assertThat(ended.exit()).as(ended.errors()).isEqualTo(3);
    }
  }
}
