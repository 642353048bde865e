package io.expressgateway.app.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;

/**
 * With the {@code demo} profile: starts the two endpoints before anything is built, and tells their
 * ports as {@code demo.port.one} and {@code demo.port.two}, which {@code application-demo.yaml}
 * names as the endpoints of its cluster.
 */
public final class DemoInitializer
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final Logger LOG = LoggerFactory.getLogger(DemoInitializer.class);

  /** For Spring. */
  public DemoInitializer() {}

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    if (!context.getEnvironment().acceptsProfiles(Profiles.of("demo"))) {
      return;
    }
    try {
      DemoEndpoint one = new DemoEndpoint("one");
      DemoEndpoint two = new DemoEndpoint("two");
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(
              new MapPropertySource(
                  "demoEndpoints",
                  Map.of("demo.port.one", one.port(), "demo.port.two", two.port())));
      context.addApplicationListener(event -> {
        if (event instanceof ContextClosedEvent) {
          one.close();
          two.close();
        }
      });
      LOG.info(
          "demo endpoints: http://127.0.0.1:{}/ and http://127.0.0.1:{}/", one.port(), two.port());
    } catch (IOException e) {
      throw new UncheckedIOException("the demo endpoints cannot listen", e);
    }
  }
}
