package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jars of the user's join the class path, and Spring auto-configuration in them works. */
@Timeout(120)
class ExtensionJarIT {

  private static final String LOCATOR =
      """
      package extension;

      import org.springframework.boot.autoconfigure.AutoConfiguration;
      import org.springframework.cloud.gateway.filter.FilterDefinition;
      import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
      import org.springframework.cloud.gateway.route.RouteDefinition;
      import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
      import org.springframework.context.annotation.Bean;
      import reactor.core.publisher.Flux;

      @AutoConfiguration
      public class ExtensionRoutes {
        @Bean
        RouteDefinitionLocator extensionRoutes() {
          RouteDefinition route = new RouteDefinition();
          route.setId("from-extension");
          route.setUri(java.net.URI.create("no://op"));
          route.getPredicates().add(new PredicateDefinition("Path=/extension"));
          route.getFilters().add(new FilterDefinition("RedirectTo=302, http://extended.example/"));
          return () -> Flux.just(route);
        }
      }
      """;

  @TempDir Path directory;

  @Test
  void autoConfigurationBringsRoutes() throws Exception {
    Path extensions = Files.createDirectory(directory.resolve("extensions"));
    jar(extensions.resolve("extension.jar"));
    Path file =
        GatewayJar.file(
            directory, "expressgateway.listeners: [ { name: web, bind: \"127.0.0.1:0\" } ]\n");

    try (GatewayJar gateway = launch(file, "-Dloader.path=" + extensions);
        HttpClient client = HttpClient.newHttpClient()) {
      gateway.awaitReady();
      HttpResponse<Void> got =
          client.send(
              HttpRequest.newBuilder(gateway.on("web", "/extension")).build(),
              HttpResponse.BodyHandlers.discarding());

      assertThat(got.statusCode()).isEqualTo(302);
      assertThat(got.headers().firstValue("location")).hasValue("http://extended.example/");
    }
  }

  private GatewayJar launch(Path file, String flag) {
    return GatewayJar.launchCommand(
        directory,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            flag,
            "-jar",
            GatewayJar.jar().toString(),
            file.toString(),
            "--management.server.port=0"));
  }

  private void jar(Path target) throws IOException {
    Path source = directory.resolve("ExtensionRoutes.java");
    Files.writeString(source, LOCATOR);
    Path classes = Files.createDirectory(directory.resolve("classes"));
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                source.toString());
    assertThat(compiled).isZero();
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(target))) {
      jar.putNextEntry(new JarEntry("extension/ExtensionRoutes.class"));
      jar.write(Files.readAllBytes(classes.resolve("extension/ExtensionRoutes.class")));
      jar.putNextEntry(
          new JarEntry(
              "META-INF/spring/"
                  + "org.springframework.boot.autoconfigure.AutoConfiguration.imports"));
      jar.write("extension.ExtensionRoutes\n".getBytes(StandardCharsets.UTF_8));
    }
  }
}
