package io.expressgateway.app;

import io.expressgateway.admin.RouteVocabulary;
import io.expressgateway.config.ProcessSettings;
import io.expressgateway.config.SnapshotCompiler;
import io.expressgateway.config.compile.FilterKeys;
import io.expressgateway.config.launch.ConfigurationCheck;
import io.expressgateway.filter.FilterRegistry;
import io.expressgateway.health.HealthListener;
import io.expressgateway.http.HttpEngineOptions;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The one place where the engine and the configuration are plugged into the process. Every bean
 * gives way to one that a test brings.
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
public class DataPlaneConfiguration {

  /** For Spring. */
  public DataPlaneConfiguration() {}

  @Bean
  @ConditionalOnMissingBean(SnapshotSource.class)
  EnvironmentSnapshots snapshotSource(ConfigurableEnvironment environment) {
    return new EnvironmentSnapshots(
        environment, new SnapshotCompiler(BuiltIns.vocabulary()), Clock.systemUTC());
  }

  @Bean
  @ConditionalOnMissingBean
  RouteVocabulary routeVocabulary() {
    return BuiltIns.routeVocabulary();
  }

  @Bean
  @ConditionalOnMissingBean
  HealthListener healthListener() {
    return new HealthLog();
  }

  @Bean
  @ConditionalOnMissingBean
  DataPlaneFactory dataPlaneFactory(
      ObjectProvider<EnvironmentSnapshots> snapshots, HealthListener health, XdpManager xdp) {
    return reports -> {
      ProcessSettings settings = snapshots.getObject().settings();
      return GatewayPlane.create(
          new HttpEngineOptions(settings.eventLoops(), settings.transport()),
          reports,
          new FilterRegistry(FilterKeys.compile(settings)),
          health,
          xdp);
    };
  }

  /**
   * Validates a file and lists every problem, binding nothing.
   *
   * @return 0 or 1: the exit code
   */
  static int check(Path file, PrintStream out, PrintStream err) {
    return new ConfigurationCheck(BuiltIns.vocabulary(), Clock.systemUTC()).check(file, out, err);
  }
}
