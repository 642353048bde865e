package io.expressgateway.app;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * The Spring application. Auto-configuration is on, so that jars in {@code extensions/} are picked
 * up; what Spring Cloud Gateway's own jar would configure is excluded here, in code, because it
 * would proxy the user's routes on the management port.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(
    excludeName = {
      "org.springframework.cloud.gateway.config.GatewayClassPathWarningAutoConfiguration",
      "org.springframework.cloud.gateway.config.GatewayAutoConfiguration",
      "org.springframework.cloud.gateway.config.GatewayResilience4JCircuitBreakerAutoConfiguration",
      "org.springframework.cloud.gateway.config.GatewayNoLoadBalancerClientAutoConfiguration",
      "org.springframework.cloud.gateway.config.GatewayFunctionAutoConfiguration",
      "org.springframework.cloud.gateway.config.GatewayMetricsAutoConfiguration",
      "org.springframework.cloud.gateway.config.GatewayRedisAutoConfiguration",
      "org.springframework.cloud.gateway.config.GatewayStreamAutoConfiguration",
      "org.springframework.cloud.gateway.discovery.GatewayDiscoveryClientAutoConfiguration",
      "org.springframework.cloud.gateway.config.SimpleUrlHandlerMappingGlobalCorsAutoConfiguration",
      "org.springframework.cloud.gateway.config.GatewayReactiveLoadBalancerClientAutoConfiguration",
      "org.springframework.cloud.gateway.config.LocalResponseCacheAutoConfiguration",
      "org.springframework.cloud.gateway.config.GatewayTracingAutoConfiguration"
    })
@Import({
  io.expressgateway.admin.AdminConfiguration.class,
  ManagementServerConfiguration.class,
  ObservabilityConfiguration.class,
  LiveGatewayConfiguration.class,
  XdpConfiguration.class
})
public class GatewayApplication {

  /** For Spring. */
  public GatewayApplication() {}
}
