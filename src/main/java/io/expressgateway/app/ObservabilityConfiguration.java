package io.expressgateway.app;

import io.expressgateway.http.RequestTracing;
import io.expressgateway.metrics.AccessLogs;
import io.expressgateway.metrics.GatewayCollector;
import io.expressgateway.metrics.GatewayMetrics;
import io.expressgateway.metrics.MicrometerTracing;
import io.micrometer.tracing.propagation.Propagator;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Metrics, access logs, and spans when tracing is on. */
@Configuration(proxyBeanMethods = false)
class ObservabilityConfiguration {

  private static final int LABEL_BUDGET = 10_000;

  @Bean
  GatewayMetrics gatewayMetrics(Environment environment) {
    return new GatewayMetrics(
        environment.getProperty(
            "expressgateway.metrics.label-budget", Integer.class, LABEL_BUDGET));
  }

  @Bean(destroyMethod = "close")
  AccessLogs accessLogs() {
    return new AccessLogs();
  }

  /** The registry that Boot's Prometheus endpoint scrapes; ours, so that figures can join it. */
  @Bean
  PrometheusRegistry prometheusRegistry(GatewayMetrics metrics, AccessLogs accessLogs) {
    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register(new GatewayCollector(metrics, accessLogs));
    return registry;
  }

  /** Absent when tracing is off: then trace headers pass through untouched. */
  @Bean
  @ConditionalOnProperty("management.tracing.export.enabled")
  RequestTracing requestTracing(ObjectProvider<Propagator> propagator) {
    return new MicrometerTracing(propagator.getObject());
  }
}
