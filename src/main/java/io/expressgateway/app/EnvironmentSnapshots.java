package io.expressgateway.app;

import io.expressgateway.config.Compilation;
import io.expressgateway.config.Problem;
import io.expressgateway.config.ProcessSettings;
import io.expressgateway.config.SnapshotCompiler;
import io.expressgateway.route.InvalidRoutesException;
import io.expressgateway.route.RouteTable;
import io.expressgateway.snapshot.Snapshot;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.ConfigurableEnvironment;

/** Snapshots of the application's own environment. */
final class EnvironmentSnapshots implements SnapshotSource {

  private static final Logger LOG = LoggerFactory.getLogger(EnvironmentSnapshots.class);

  private final ConfigurableEnvironment environment;
  private final SnapshotCompiler compiler;
  private final Clock clock;
  private volatile @Nullable ProcessSettings settings;
  private volatile Set<Path> watched = Set.of();

  EnvironmentSnapshots(
      ConfigurableEnvironment environment, SnapshotCompiler compiler, Clock clock) {
    this.environment = environment;
    this.compiler = compiler;
    this.clock = clock;
  }

  @Override
  public Snapshot build(List<RouteDefinition> definitions, long version) {
    return switch (compiler.compile(environment, definitions, version, clock.instant())) {
      case Compilation.Refused refused -> throw new ConfigurationRefused(refused.problems());
      case Compilation.Accepted accepted -> {
        accepted.warnings().forEach(warning -> LOG.warn("{}", warning.line()));
        accepted.quarantined().forEach(problem -> LOG.error("route left out: {}", problem.line()));
        refuseInvalidTable(accepted.snapshot());
        settings = accepted.settings();
        watched = accepted.watched();
        yield accepted.snapshot();
      }
    };
  }

  /** What only shows when all routes stand together, such as weights of a group. */
  private static void refuseInvalidTable(Snapshot snapshot) {
    try {
      RouteTable.compile(snapshot.routes(), snapshot.apiVersion(), snapshot.hostIncludesPort());
    } catch (InvalidRoutesException e) {
      throw new ConfigurationRefused(
          e.problems().stream()
              .map(problem ->
                  new Problem(
                      "route " + problem.routeId(),
                      problem.predicate(),
                      problem.reason(),
                      problem.remedy()))
              .toList());
    }
  }

  /** The files that the last snapshot was made of and that are to be watched. Any thread. */
  @Override
  public Set<Path> watched() {
    return watched;
  }

  /** The settings that came with the last snapshot. */
  ProcessSettings settings() {
    ProcessSettings current = settings;
    if (current == null) {
      throw new IllegalStateException("no configuration has been compiled yet");
    }
    return current;
  }
}
