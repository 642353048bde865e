package io.expressgateway.app;

import io.expressgateway.config.Compilation;
import io.expressgateway.config.Problem;
import io.expressgateway.config.Problems;
import io.expressgateway.config.SnapshotCompiler;
import io.expressgateway.config.spring.RouteDefinitions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.PropertiesRouteDefinitionLocator;
import org.springframework.cloud.gateway.route.CompositeRouteDefinitionLocator;
import org.springframework.cloud.gateway.route.InMemoryRouteDefinitionRepository;
import org.springframework.cloud.gateway.route.RouteDefinition;
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
    List<RouteDefinition> routes = RouteDefinitions.routes(environment, problems);
    properties.setRoutes(routes);
    properties.setDefaultFilters(RouteDefinitions.defaultFilters(environment, problems));
    if (!problems.isClean()) {
      List<Problem> all = new ArrayList<>(problems.refusals());
      all.addAll(otherProblems(environment, routes));
      throw new ConfigurationRefused(all);
    }
    return new PropertiesRouteDefinitionLocator(properties);
  }

  /** What else is wrong: a refusal names everything at once. */
  private static List<Problem> otherProblems(
      ConfigurableEnvironment environment, List<RouteDefinition> routes) {
    Compilation compilation =
        new SnapshotCompiler(BuiltIns.vocabulary())
            .compile(environment, routes, 1, Clock.systemUTC().instant());
    return compilation instanceof Compilation.Refused refused ? refused.problems() : List.of();
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
