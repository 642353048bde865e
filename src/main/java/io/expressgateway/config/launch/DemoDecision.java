package io.expressgateway.config.launch;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Whether the {@code demo} profile runs: only when nobody has said anything at all, by a positional
 * file, an {@code application.*} file where Spring Boot looks for it, a profile, or a location.
 */
public final class DemoDecision {

  /** The profile's name. */
  public static final String PROFILE = "demo";

  private static final List<String> SPOKEN =
      List.of(
          "spring.profiles.active",
          "spring.config.location",
          "spring.config.additional-location",
          "spring.config.import",
          "spring.config.name",
          "spring.application.json");

  private DemoDecision() {}

  /**
   * The decision.
   *
   * @param arguments Spring's {@code --key=value} arguments, without a positional file
   * @param variables the process environment
   * @param systemProperties {@code -Dkey=value}
   * @param directory the working directory
   */
  public static boolean applies(
      List<String> arguments,
      Map<String, String> variables,
      Map<?, ?> systemProperties,
      Path directory) {
    boolean spoken =
        SPOKEN.stream()
            .anyMatch(key ->
                arguments.stream().anyMatch(a -> a.startsWith("--" + key + "="))
                    || variables.containsKey(variable(key))
                    || systemProperties.containsKey(key));
    return !spoken && !hasApplicationFile(directory) && !hasConfigFile(directory.resolve("config"));
  }

  private static String variable(String key) {
    return key.replace("-", "").replace('.', '_').toUpperCase(java.util.Locale.ROOT);
  }

  private static boolean hasConfigFile(Path config) {
    if (hasApplicationFile(config)) {
      return true;
    }
    try (DirectoryStream<Path> below = Files.newDirectoryStream(config, Files::isDirectory)) {
      for (Path directory : below) {
        if (hasApplicationFile(directory)) {
          return true;
        }
      }
      return false;
    } catch (IOException noSuchDirectory) {
      return false;
    }
  }

  private static boolean hasApplicationFile(Path directory) {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, "application{,-*}.{yaml,yml,properties}")) {
      return files.iterator().hasNext();
    } catch (IOException noSuchDirectory) {
      return false;
    }
  }
}
