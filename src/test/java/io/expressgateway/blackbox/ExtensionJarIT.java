package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jars of the user's on the class path, by the launcher that reads {@code loader.path}. */
@Timeout(120)
class ExtensionJarIT {

  @TempDir Path directory;

  @Test
  void theLauncherWithAPathFindsJarsOfADirectory() throws IOException {
    Path extensions = Files.createDirectory(directory.resolve("extensions"));
    try (JarOutputStream jar =
        new JarOutputStream(Files.newOutputStream(extensions.resolve("extension.jar")))) {
      jar.putNextEntry(new JarEntry("from-extension.yaml"));
      jar.write(
          """
          expressgateway.listeners: [ { name: extended, bind: "127.0.0.1:0" } ]
          """
              .getBytes(StandardCharsets.UTF_8));
    }

    try (GatewayJar gateway =
        GatewayJar.launchCommand(
            directory,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dloader.path=extensions",
                "-cp",
                GatewayJar.jar().toString(),
                "org.springframework.boot.loader.launch.PropertiesLauncher",
                "--spring.config.import=classpath:from-extension.yaml",
                "--management.server.port=0"))) {
      gateway.awaitReady();

      assertThat(gateway.readyLine()).startsWith("ready listeners=extended=127.0.0.1:");
    }
  }
}
