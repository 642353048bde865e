package io.expressgateway.app;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Leaves out Boot auto-configurations that a gateway's management port has no use for, before their
 * classes are even read: about a third of them, and with them a share of the time to the first
 * request. Tracing stays out until it is switched on.
 */
final class TrimmedAutoConfigurations implements AutoConfigurationImportFilter, EnvironmentAware {

  private static final Set<String> PACKAGES =
      Set.of(
          "org.springframework.boot.autoconfigure.admin.",
          "org.springframework.boot.autoconfigure.aop.",
          "org.springframework.boot.autoconfigure.jmx.",
          "org.springframework.boot.autoconfigure.task.",
          "org.springframework.boot.actuate.autoconfigure.audit.",
          "org.springframework.boot.actuate.autoconfigure.endpoint.jmx.",
          "org.springframework.boot.actuate.autoconfigure.sbom.",
          "org.springframework.boot.actuate.autoconfigure.scheduling.",
          "org.springframework.boot.actuate.autoconfigure.startup.",
          "org.springframework.boot.actuate.autoconfigure.env.",
          "org.springframework.boot.actuate.autoconfigure.beans.",
          "org.springframework.boot.actuate.autoconfigure.condition.",
          "org.springframework.boot.actuate.autoconfigure.web.exchanges.",
          "org.springframework.boot.actuate.autoconfigure.web.mappings.",
          "org.springframework.boot.webflux.autoconfigure.actuate.web.",
          "org.springframework.boot.micrometer.metrics.autoconfigure.logging.",
          "org.springframework.boot.micrometer.metrics.autoconfigure.task.",
          "org.springframework.boot.micrometer.metrics.autoconfigure.startup.",
          "org.springframework.boot.webflux.autoconfigure.ReactiveMultipart");

  private static final Set<String> TRACING_PACKAGES =
      Set.of(
          "org.springframework.boot.micrometer.tracing.",
          "org.springframework.boot.opentelemetry.");

  private boolean isTracing;

  @Override
  public void setEnvironment(Environment environment) {
    isTracing = environment.getProperty("management.tracing.export.enabled", Boolean.class, false);
  }

  @Override
  public boolean[] match(@Nullable String[] candidates, AutoConfigurationMetadata metadata) {
    boolean[] kept = new boolean[candidates.length];
    for (int i = 0; i < candidates.length; i++) {
      String candidate = candidates[i];
      kept[i] = candidate != null && isKept(candidate);
    }
    return kept;
  }

  private boolean isKept(String candidate) {
    return PACKAGES.stream().noneMatch(candidate::startsWith)
        && (isTracing || TRACING_PACKAGES.stream().noneMatch(candidate::startsWith));
  }
}
