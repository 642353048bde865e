package io.expressgateway.config.launch;

import io.expressgateway.config.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.FileSystemResource;

/**
 * The positional argument: an additional configuration location of Spring Boot, so that profile
 * documents in it apply and {@code --key=value} and the environment win over it.
 *
 * @param path as written
 */
public record ConfigurationFile(Path path) {

  private static final String LOCATION = "spring.config.additional-location";

  /** The value that Spring Boot takes for this file. */
  public String location() {
    return path.toAbsolutePath().normalize().toUri().toString();
  }

  /** The arguments with this file added as a location, behind locations that are there. */
  public List<String> addTo(List<String> arguments) {
    String prefix = "--" + LOCATION + "=";
    List<String> added = new ArrayList<>();
    String location = location();
    for (String argument : arguments) {
      if (argument.startsWith(prefix)) {
        location = argument.substring(prefix.length()) + "," + location;
      } else {
        added.add(argument);
      }
    }
    added.addFirst(prefix + location);
    return added;
  }

  /** Reports a file that is missing, unreadable, of an unknown kind, or no YAML. */
  public void check(Problems problems) {
    String shown = path.toString();
    if (!Files.isRegularFile(path)) {
      String reason = Files.exists(path) ? "is no file" : "does not exist";
      problems.refuse("configuration file", shown, reason, "name a YAML or properties file");
    } else if (!Files.isReadable(path)) {
      problems.refuse(
          "configuration file", shown, "cannot be read", "give this user the right to read it");
    } else {
      checkContent(shown, problems);
    }
  }

  private void checkContent(String shown, Problems problems) {
    PropertySourceLoader loader = loader();
    if (loader == null) {
      problems.refuse(
          "configuration file",
          shown,
          "is neither YAML nor a properties file by its name",
          "let it end in .yaml, .yml or .properties");
      return;
    }
    try {
      var _ = loader.load(shown, new FileSystemResource(path));
    } catch (IOException | RuntimeException malformed) {
      problems.refuse(
          "configuration file",
          shown,
          "cannot be parsed: " + malformed.getMessage(),
          "mend it at the line named");
    }
  }

  private @org.jspecify.annotations.Nullable PropertySourceLoader loader() {
    String name = String.valueOf(path.getFileName());
    if (name.endsWith(".yaml") || name.endsWith(".yml")) {
      return new YamlPropertySourceLoader();
    }
    return name.endsWith(".properties") ? new PropertiesPropertySourceLoader() : null;
  }
}
