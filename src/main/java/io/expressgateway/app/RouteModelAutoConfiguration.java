package io.expressgateway.app;

import io.expressgateway.config.Problems;
import io.expressgateway.config.spring.RouteDefinitions;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.PropertiesRouteDefinitionLocator;
import org.springframework.cloud.gateway.route.CompositeRouteDefinitionLocator;
import org.springframework.cloud.gateway.route.InMemoryRouteDefinitionRepository;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteDefinitionRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import reactor.core.publisher.Flux;

/**
 * The part of Spring Cloud Gateway that stays: where route definitions come from. Last of the
 * auto-configurations, so that a repository of the user's replaces the one in memory.
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
public class RouteModelAutoConfiguration {

  /** For Spring. */
  public RouteModelAutoConfiguration() {}

  /**
   * Routes of the configuration, bound here and not as a bean of configuration properties: that
   * would ask for a validator, say less, and stop at the first route that cannot be read.
   *
   * @throws ConfigurationRefused when a route cannot be read; names all of them
   */
  @Bean
  @ConditionalOnMissingBean
  public PropertiesRouteDefinitionLocator propertiesRouteDefinitionLocator(
      ConfigurableEnvironment environment) {
    Problems problems = new Problems();
    GatewayProperties properties = new GatewayProperties();
    properties.setRoutes(RouteDefinitions.routes(environment, problems));
    properties.setDefaultFilters(RouteDefinitions.defaultFilters(environment, problems));
    if (!problems.isClean()) {
      throw new ConfigurationRefused(problems.refusals());
    }
    return new PropertiesRouteDefinitionLocator(properties);
  }

  /** Routes that were posted. */
  @Bean
  @ConditionalOnMissingBean(RouteDefinitionRepository.class)
  public InMemoryRouteDefinitionRepository inMemoryRouteDefinitionRepository() {
    return new InMemoryRouteDefinitionRepository();
  }

  /** All of them, whoever brings them. */
  @Bean
  @Primary
  public RouteDefinitionLocator routeDefinitionLocator(List<RouteDefinitionLocator> locators) {
    return new CompositeRouteDefinitionLocator(Flux.fromIterable(locators));
  }
}
