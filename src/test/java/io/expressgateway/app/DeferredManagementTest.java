package io.expressgateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The management port's beans are made after the listeners are bound, but within the start. */
@Timeout(60)
class DeferredManagementTest {

  @Test
  void everyDeferredBeanExistsWhenTheStartIsOver() {
    try (RunningGateway gateway = new RunningGateway()) {
      ConfigurableListableBeanFactory beans = gateway.context.getBeanFactory();
      List<String> deferred =
          Arrays.stream(beans.getBeanDefinitionNames())
              .filter(name -> beans.getBeanDefinition(name).isLazyInit())
              .toList();

      assertThat(deferred).contains("webHandler", "prometheusMeterRegistry", "apiRoutes");
      assertThat(deferred).allMatch(beans::containsSingleton);
    }
  }

  @Test
  void theListenersAreBoundBeforeTheManagementHandlerIsMade() {
    try (RunningGateway gateway = new RunningGateway(List.of(Watched.class))) {
      assertThat(Watched.CALLS_BEFORE_THE_HANDLER.get()).containsExactly("start");
      gateway.management.get().uri("/readyz").exchange().expectStatus().isOk();
    }
  }

  @Test
  void aManagementBeanThatCannotBeMadeRefusesTheStartAndClosesTheListeners() {
    assertThatThrownBy(() -> new RunningGateway(List.of(Broken.class)))
        .hasStackTraceContaining("cannot be made");
    assertThat(Broken.DATA_PLANE.get().calls).startsWith("start").contains("close");
  }

  @Configuration(proxyBeanMethods = false)
  static class Watched {

    static final AtomicReference<List<String>> CALLS_BEFORE_THE_HANDLER = new AtomicReference<>();

    @Bean
    static BeanPostProcessor watcher() {
      AtomicReference<FakeDataPlane> dataPlane = new AtomicReference<>();
      return new BeanPostProcessor() {
        @Override
        public Object postProcessBeforeInitialization(Object bean, String name) {
          if (bean instanceof FakeDataPlane fake) {
            dataPlane.set(fake);
          } else if (name.equals("webHandler")) {
            CALLS_BEFORE_THE_HANDLER.set(List.copyOf(dataPlane.get().calls));
          }
          return bean;
        }
      };
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Broken {

    static final AtomicReference<FakeDataPlane> DATA_PLANE = new AtomicReference<>();

    @Bean
    static BeanPostProcessor breaker() {
      return new BeanPostProcessor() {
        @Override
        public Object postProcessBeforeInitialization(Object bean, String name) {
          if (bean instanceof FakeDataPlane fake) {
            DATA_PLANE.set(fake);
          } else if (name.equals("webHandler")) {
            throw new IllegalStateException("cannot be made");
          }
          return bean;
        }
      };
    }
  }
}
