package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The jar is flat, and nothing was lost where several jars had a file of the same name. */
class FlatJarIT {

  @Test
  void noJarIsWithinTheJar() throws IOException {
    try (JarFile jar = jar()) {
      assertThat(jar.stream().map(JarEntry::getName)).noneMatch(n -> n.endsWith(".jar"));
      assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
          .isEqualTo("io.expressgateway.launch.Launcher");
      assertThat(jar.isMultiRelease()).isTrue();
    }
  }

  @Test
  void everyClassThatAListNamesAndTheJarHoldsIsInTheJarsList() throws IOException {
    try (JarFile jar = jar()) {
      List<String> lists =
          jar.stream()
              .map(JarEntry::getName)
              .filter(name -> name.matches("META-INF/(services/.+|spring/.+\\.imports)"))
              .toList();
      assertThat(lists).hasSizeGreaterThan(10);
      for (String list : lists) {
        List<String> wanted = new ArrayList<>();
        for (URL url : onTheClassPath(list)) {
          try (InputStream in = url.openStream()) {
            lines(in).filter(name -> holds(jar, name)).forEach(wanted::add);
          }
        }
        try (InputStream in = jar.getInputStream(jar.getEntry(list))) {
          assertThat(lines(in)).as(list).containsAll(wanted).doesNotHaveDuplicates();
        }
      }
    }
  }

  @Test
  void everySpringFactoryAndEveryConditionOfAnAutoConfigurationIsInTheJar() throws IOException {
    try (JarFile jar = jar()) {
      Properties factories = properties(jar, "META-INF/spring.factories");
      for (URL url : onTheClassPath("META-INF/spring.factories")) {
        for (var entry : properties(url).entrySet()) {
          List<String> wanted = values(entry.getValue()).filter(name -> holds(jar, name)).toList();
          assertThat(values(factories.getOrDefault(entry.getKey(), ""))).containsAll(wanted);
        }
      }
      Properties conditions = properties(jar, "META-INF/spring-autoconfigure-metadata.properties");
      for (URL url : onTheClassPath("META-INF/spring-autoconfigure-metadata.properties")) {
        for (var entry : properties(url).entrySet()) {
          String key = String.valueOf(entry.getKey());
          if (holds(jar, key) || holds(jar, key.substring(0, Math.max(key.lastIndexOf('.'), 0)))) {
            assertThat(conditions).containsEntry(key, entry.getValue());
          }
        }
      }
    }
  }

  private static JarFile jar() throws IOException {
    return new JarFile(GatewayJar.jar().toFile());
  }

  private static List<URL> onTheClassPath(String name) throws IOException {
    return Collections.list(FlatJarIT.class.getClassLoader().getResources(name));
  }

  private static boolean holds(JarFile jar, String className) {
    return jar.getEntry(className.replace('.', '/') + ".class") != null;
  }

  private static Stream<String> lines(InputStream in) {
    try {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> values(Object list) {
    return Stream.of(String.valueOf(list).split(",")).map(String::strip);
  }

  private static Properties properties(URL url) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = url.openStream()) {
      properties.load(in);
    }
    return properties;
  }

  private static Properties properties(JarFile jar, String name) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
      properties.load(in);
    }
    return properties;
  }
}
