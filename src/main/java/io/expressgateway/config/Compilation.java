package io.expressgateway.config;

import io.expressgateway.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What became of a configuration. */
public sealed interface Compilation {

  /** What is worth saying although it refuses nothing. */
  List<Problem> warnings();

  /**
   * It can be served.
   *
   * @param snapshot what the data plane reads
   * @param settings the rest
   * @param quarantined problems of routes that were left out, as {@code
   *     fail-on-route-definition-error: false} wants it
   * @param warnings keys without effect
   * @param watched files that the snapshot depends on, to be compiled again when they change; empty
   *     when nobody wants that
   */
  record Accepted(
      Snapshot snapshot,
      ProcessSettings settings,
      List<Problem> quarantined,
      List<Problem> warnings,
      Set<Path> watched)
      implements Compilation {

    /** Copies the collections. */
    public Accepted {
      watched = Set.copyOf(watched);
      quarantined = List.copyOf(quarantined);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * It must not be served.
   *
   * @param problems every one of them
   * @param warnings keys without effect
   */
  record Refused(List<Problem> problems, List<Problem> warnings) implements Compilation {

    /** Copies the lists. */
    public Refused {
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
    }
  }
}
