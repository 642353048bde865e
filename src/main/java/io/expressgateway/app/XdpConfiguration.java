package io.expressgateway.app;

import io.expressgateway.metrics.XdpCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The XDP manager and what shows it. */
@Configuration(proxyBeanMethods = false)
class XdpConfiguration {

  @Bean
  XdpManager xdpManager(PrometheusRegistry registry) {
    XdpManager manager = new XdpManager(new XdpLog());
    registry.register(new XdpCollector(manager::status));
    return manager;
  }

  @Bean
  XdpHealth xdpHealthIndicator(XdpManager manager) {
    return new XdpHealth(manager);
  }
}
