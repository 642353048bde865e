package io.expressgateway.app;

import java.io.PrintStream;
import java.nio.file.Path;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.core.Ordered;

/**
 * The one place where the engine and the configuration are plugged into the process: beans of
 * {@link DataPlaneFactory} and {@link SnapshotSource} (each {@code @ConditionalOnMissingBean}, so
 * that a test can bring its own), and {@code --check}.
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
public class DataPlaneConfiguration {

  /** For Spring. */
  public DataPlaneConfiguration() {}

  /**
   * Validates a file and lists every problem, binding nothing.
   *
   * @return 0 or 1: the exit code
   */
  static int check(Path file, PrintStream out, PrintStream err) {
    // PLUG: the configuration's own check.
    err.println(file + " | --check | no validator is part of this build | use a released build");
    return GatewayProcess.REFUSED;
  }
}
