package io.expressgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

/** Spring Cloud Gateway's model runs here, its reactive core does not. */
class GatewayCoreIsAbsentTest {

  @Test
  void noneOfItsCoreBeansExistAndALocatorOfTheUsersIsHeard() {
    try (RunningGateway gateway = new RunningGateway(List.of(UserRoutes.class))) {
      assertThat(gateway.context.getBeansOfType(RoutePredicateHandlerMapping.class)).isEmpty();
      assertThat(gateway.context.getBeansOfType(FilteringWebHandler.class)).isEmpty();
      assertThat(gateway.context.getBeansOfType(GlobalFilter.class)).isEmpty();
      assertThat(gateway.context.getBeansOfType(reactor.netty.http.client.HttpClient.class))
          .isEmpty();
      gateway.management.get().uri("/orders/1").exchange().expectStatus().isNotFound();
      assertThat(gateway.dataPlane().snapshot().routes())
          .extracting(route -> route.id())
          .containsExactlyInAnyOrder("orders", "of-the-user");
    }
  }

  @Test
  void everyAutoConfigurationOfItsJarIsExcluded() throws Exception {
    String[] excluded =
        GatewayApplication.class.getAnnotation(EnableAutoConfiguration.class).excludeName();
    List<String> imports =
        java.util.Collections.list(
                getClass()
                    .getClassLoader()
                    .getResources(
                        "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports"))
            .stream()
            .filter(url -> url.toString().contains("spring-cloud-gateway-server-webflux"))
            .flatMap(url -> lines(url).stream())
            .toList();

    assertThat(imports).isNotEmpty();
    assertThat(Arrays.asList(excluded)).containsAll(imports);
  }

  private static List<String> lines(java.net.URL url) {
    try (InputStream in = url.openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class UserRoutes {
    @Bean
    RouteDefinitionLocator userLocator() {
      RouteDefinition route = new RouteDefinition("of-the-user=lb://orders,Path=/user");
      return () -> Flux.just(route);
    }
  }
}
