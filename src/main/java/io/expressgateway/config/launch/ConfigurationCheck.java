package io.expressgateway.config.launch;

import io.expressgateway.config.Compilation;
import io.expressgateway.config.Problem;
import io.expressgateway.config.Problems;
import io.expressgateway.config.SnapshotCompiler;
import io.expressgateway.config.Vocabulary;
import io.expressgateway.config.spring.GatewayEnvironment;
import io.expressgateway.config.spring.RouteDefinitions;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * {@code --check FILE}: the verdict that a start with this file would come to, without a start.
 * Reads what a start would read, profiles and imports included; binds nothing and runs no Spring
 * context.
 */
public final class ConfigurationCheck {

  private final SnapshotCompiler compiler;
  private final Clock clock;

  /** Checks with what {@code vocabulary} says can be done. */
  public ConfigurationCheck(Vocabulary vocabulary, Clock clock) {
    this.compiler = new SnapshotCompiler(vocabulary);
    this.clock = clock;
  }

  /**
   * Checks a file.
   *
   * @param out takes one line when it is valid
   * @param err takes every problem, one a line, then warnings
   * @return the exit code: 0 when a start would succeed, else 1
   */
  public int check(Path file, PrintStream out, PrintStream err) {
    Problems problems = new Problems();
    ConfigurationFile configuration = new ConfigurationFile(file);
    configuration.check(problems);
    if (!problems.isClean()) {
      Problems.print(problems.refusals(), err);
      return 1;
    }
    StandardEnvironment environment = new StandardEnvironment();
    try {
      load(environment, configuration);
    } catch (RuntimeException refusedBySpring) {
      problems.refuse(
          "configuration file",
          file.toString(),
          String.valueOf(refusedBySpring.getMessage()),
          "mend the file that is named");
      Problems.print(problems.refusals(), err);
      return 1;
    }
    return report(environment, file, out, err);
  }

  /** Fills an environment as a start with this file would. */
  public static void load(StandardEnvironment environment, ConfigurationFile file) {
    environment
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "checked file", Map.of("spring.config.additional-location", file.location())));
    ConfigDataEnvironmentPostProcessor.applyTo(environment);
    GatewayEnvironment.apply(environment);
  }

  private int report(StandardEnvironment environment, Path file, PrintStream out, PrintStream err) {
    Problems bindings = new Problems();
    List<RouteDefinition> routes = RouteDefinitions.routes(environment, bindings);
    Compilation compilation = compiler.compile(environment, routes, 1, clock.instant());
    List<Problem> refusals = new ArrayList<>(bindings.refusals());
    if (compilation instanceof Compilation.Refused refused) {
      refusals.addAll(refused.problems());
    }
    Problems.print(refusals, err);
    compilation.warnings().forEach(warning -> err.println("warning: " + warning.line()));
    if (compilation instanceof Compilation.Accepted accepted && refusals.isEmpty()) {
      accepted.quarantined().forEach(p -> err.println("route left out: " + p.line()));
      out.println(
          file
              + " is valid: listeners="
              + accepted.snapshot().listeners().size()
              + " clusters="
              + accepted.snapshot().clusters().size()
              + " routes="
              + accepted.snapshot().routes().size());
      return 0;
    }
    return 1;
  }
}
