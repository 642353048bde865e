package io.expressgateway.app;

import io.expressgateway.admin.ProductVersion;
import io.expressgateway.admin.Readiness;
import io.expressgateway.http.RequestTracing;
import io.expressgateway.metrics.AccessLogs;
import io.expressgateway.metrics.GatewayMetrics;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The data plane as a bean with a life cycle. */
@Configuration(proxyBeanMethods = false)
class LiveGatewayConfiguration {

  @Bean
  ProductVersion productVersion() {
    return new ProductVersion(BuildVersion.read());
  }

  @Bean
  LiveGateway liveGateway(
      SnapshotSource source,
      RouteDefinitionLocator locator,
      DataPlaneFactory factory,
      GatewayMetrics metrics,
      AccessLogs accessLogs,
      ObjectProvider<RequestTracing> tracing,
      Readiness readiness) {
    LiveGateway gateway =
        new LiveGateway(
            source,
            locator,
            () ->
                factory.create(
                    new Reports(
                        metrics, metrics, accessLogs, accessLogs::flows, tracing.getIfAvailable())),
            readiness,
            metrics::onReload);
    metrics.gaugesOf(gateway::dataPlane);
    return gateway;
  }
}
