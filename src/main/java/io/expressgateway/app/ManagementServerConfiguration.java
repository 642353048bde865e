package io.expressgateway.app;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import reactor.netty.resources.LoopResources;

/**
 * The management server's own two threads, on plain NIO: it must answer while the data plane's
 * loops are busy, and must not pick io_uring because that native happens to be on the class path.
 */
@Configuration(proxyBeanMethods = false)
class ManagementServerConfiguration {

  /** Static: it looks at bean definitions before there are beans. */
  @Bean
  static DeferredManagement deferredManagement() {
    return new DeferredManagement();
  }

  @Bean(destroyMethod = "dispose")
  LoopResources managementLoops() {
    return new NioLoops(LoopResources.create("management", 1, 1, true));
  }

  @Bean
  ReactorResourceFactory reactorResourceFactory(LoopResources managementLoops) {
    ReactorResourceFactory resources = new ReactorResourceFactory();
    resources.setUseGlobalResources(false);
    resources.setLoopResources(managementLoops);
    return resources;
  }

  /** Nothing here is validated by annotation; without this WebFlux would look for a provider. */
  @Bean
  @ConditionalOnMissingClass("org.hibernate.validator.HibernateValidator")
  WebFluxConfigurer withoutBeanValidation() {
    return new WebFluxConfigurer() {
      @Override
      public Validator getValidator() {
        return new NoValidation();
      }
    };
  }

  /** Finds nothing in anything. */
  private static final class NoValidation implements Validator {

    @Override
    public boolean supports(Class<?> type) {
      return true;
    }

    @Override
    public void validate(Object target, Errors errors) {}
  }
}
