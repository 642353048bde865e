package io.expressgateway.app;

import io.expressgateway.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.springframework.cloud.gateway.route.RouteDefinition;

/** Makes snapshots from configuration and route definitions. */
@FunctionalInterface
public interface SnapshotSource {

  /**
   * A snapshot of everything configured now. May block; never on an event loop.
   *
   * @param definitions from all locators
   * @param version of the snapshot that is made
   * @throws ConfigurationRefused with every problem, when it must not be served
   */
  Snapshot build(List<RouteDefinition> definitions, long version);

  /** Files that another snapshot should be built after a change of. Any thread. */
  default Set<Path> watched() {
    return Set.of();
  }
}
