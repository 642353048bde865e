package io.expressgateway.admin;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteDefinitionWriter;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/** Everything on the management port that is ours. */
@Configuration(proxyBeanMethods = false)
public class AdminConfiguration {

  /** For Spring. */
  public AdminConfiguration() {}

  /** What the probes answer. */
  @Bean
  public Readiness readiness() {
    return new Readiness();
  }

  @Bean
  ManagementGuard managementGuard(Environment environment) {
    return new ManagementGuard(
        environment.getProperty("expressgateway.admin.token-sha256", "").strip());
  }

  @Bean
  ProblemExceptionHandler problemExceptionHandler() {
    return new ProblemExceptionHandler();
  }

  @Bean
  RouterFunction<ServerResponse> probeRoutes(Readiness readiness) {
    return ProbeRoutes.of(readiness);
  }

  @Bean
  RouterFunction<ServerResponse> apiRoutes(GatewayState state, ProductVersion version) {
    return ApiRoutes.of(state, version.text());
  }

  @Bean
  RouterFunction<ServerResponse> xdpRoutes(PacketForwarding forwarding) {
    return XdpRoutes.of(forwarding);
  }

  @Bean
  RouterFunction<ServerResponse> gatewayEndpointRoutes(
      GatewayState state,
      Environment environment,
      RouteDefinitionLocator locator,
      ObjectProvider<RouteDefinitionWriter> writer,
      ApplicationEventPublisher events,
      ObjectProvider<RouteVocabulary> vocabulary) {
    return GatewayEndpointRoutes.of(
        new GatewayEndpointRoutes.Parts(
            state,
            GatewayEndpointRoutes.Access.of(
                environment.getProperty("management.endpoint.gateway.access", "read-only")),
            locator,
            writer.getIfUnique(),
            events,
            vocabulary.getIfAvailable(() -> RouteVocabulary.EMPTY)));
  }
}
