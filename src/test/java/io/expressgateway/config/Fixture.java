package io.expressgateway.config;

import io.expressgateway.config.launch.ConfigurationCheck;
import io.expressgateway.config.launch.ConfigurationFile;
import io.expressgateway.config.spring.GatewayEnvironment;
import io.expressgateway.config.spring.RouteDefinitions;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

/** Plumbing of the configuration tests: files and text to environments to compilations. */
public final class Fixture {

  /** Knows every real balancer, and every predicate and filter but these two. */
  public static final Vocabulary VOCABULARY =
      new Vocabulary(
          Set.of("round-robin", "weighted-round-robin", "random", "weighted-random", "maglev"),
          predicate ->
              predicate.name().equals("Moon") ? Optional.of("no such predicate") : Optional.empty(),
          filter ->
              filter.name().equals("Unheard") ? Optional.of("no such filter") : Optional.empty());

  private Fixture() {}

  /** A test resource under config/. */
  public static Path file(String name) {
    try {
      return Path.of(Fixture.class.getResource("/config/" + name).toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The environment that a start with this resource would have. */
  public static StandardEnvironment load(String name) {
    StandardEnvironment environment = new StandardEnvironment();
    ConfigurationCheck.load(environment, new ConfigurationFile(file(name)));
    return environment;
  }

  /** An environment of nothing but this YAML, or several, the first winning. */
  public static StandardEnvironment yaml(String... texts) {
    StandardEnvironment environment = bare();
    for (int i = 0; i < texts.length; i++) {
      try {
        new YamlPropertySourceLoader()
            .load("yaml" + i, new ByteArrayResource(texts[i].getBytes()))
            .forEach(source -> environment.getPropertySources().addLast(source));
      } catch (IOException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    return environment;
  }

  /** An environment without anything. */
  public static StandardEnvironment bare() {
    return new StandardEnvironment() {
      @Override
      protected void customizePropertySources(MutablePropertySources sources) {
        // Nothing.
      }
    };
  }

  /** Compiles as a start would. */
  public static Compilation compile(StandardEnvironment environment) {
    GatewayEnvironment.apply(environment);
    return new SnapshotCompiler(VOCABULARY)
        .compile(
            environment,
            RouteDefinitions.routes(environment, new Problems()),
            1,
            Instant.parse("2026-01-01T00:00:00Z"));
  }

  /** Compiles what must be valid. */
  public static Compilation.Accepted accepted(StandardEnvironment environment) {
    Compilation compilation = compile(environment);
    if (compilation instanceof Compilation.Accepted accepted) {
      return accepted;
    }
    throw new AssertionError(compilation.toString());
  }

  /** Compiles what must be refused; the report's lines. */
  public static List<String> refused(StandardEnvironment environment) {
    if (compile(environment) instanceof Compilation.Refused refused) {
      return refused.problems().stream().map(Problem::line).toList();
    }
    throw new AssertionError("nothing was refused");
  }
}
