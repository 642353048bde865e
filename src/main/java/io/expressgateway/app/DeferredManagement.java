package io.expressgateway.app;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.SmartLifecycle;

/**
 * Makes what only the management port needs after the listeners are bound, not before: a client
 * waits for the listeners. Nothing stays lazy. The management server is bound first, as ever; a
 * request that it gets meanwhile waits; every bean exists before the start is over and the ready
 * line is printed, and one that cannot be made refuses the start. Beans of others, such as those of
 * a jar in {@code extensions/}, are made when they always were.
 */
final class DeferredManagement implements BeanFactoryPostProcessor, SmartLifecycle {

  /** Behind the data plane, before anything that names no phase. */
  private static final int PHASE = LiveGateway.PHASE + 512;

  private static final List<String> PACKAGES =
      List.of("org.springframework.boot.", "org.springframework.web.", "io.expressgateway.admin.");

  // Confined to the thread that starts the application.
  private final List<String> deferred = new ArrayList<>();
  private @Nullable ConfigurableListableBeanFactory beans;
  private volatile boolean running;

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
    beans = factory;
    for (String name : factory.getBeanDefinitionNames()) {
      if (factory.getBeanDefinition(name) instanceof AbstractBeanDefinition definition
          && isManagement(definition)
          && !isPartOfTheStart(factory.getType(name, false))) {
        definition.setLazyInit(true);
        deferred.add(name);
      }
    }
  }

  /** A bean of those packages that has not said itself when it wants to be made. */
  private static boolean isManagement(AbstractBeanDefinition definition) {
    String origin = origin(definition);
    return origin != null
        && definition.isSingleton()
        && !definition.isAbstract()
        && definition.getLazyInit() == null
        && definition.getRole() != BeanDefinition.ROLE_INFRASTRUCTURE
        && PACKAGES.stream().anyMatch(origin::startsWith);
  }

  private static @Nullable String origin(AbstractBeanDefinition definition) {
    return definition instanceof AnnotatedBeanDefinition annotated
            && annotated.getFactoryMethodMetadata() != null
        ? annotated.getFactoryMethodMetadata().getDeclaringClassName()
        : definition.getBeanClassName();
  }

  /**
   * What Spring calls back at a moment that a bean made later would miss, and bound configuration:
   * a wrong value is refused while nothing is bound.
   */
  private static boolean isPartOfTheStart(@Nullable Class<?> type) {
    return type != null
        && (SmartInitializingSingleton.class.isAssignableFrom(type)
            || type.isAnnotationPresent(ConfigurationProperties.class));
  }

  @Override
  public void start() {
    running = true;
    if (beans != null) {
      deferred.forEach(beans::getBean);
    }
    deferred.clear();
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
