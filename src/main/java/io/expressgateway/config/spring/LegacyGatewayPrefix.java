package io.expressgateway.config.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Copies {@code spring.cloud.gateway.X} to {@code spring.cloud.gateway.server.webflux.X}, each
 * right behind the source that it was read from, so that precedence between sources stays and a new
 * key wins over an old one of the same source.
 */
final class LegacyGatewayPrefix {

  /** What the keys began with before Spring Cloud Gateway 5. */
  static final String OLD = "spring.cloud.gateway";

  /** What they begin with now. */
  static final String NEW = "spring.cloud.gateway.server.webflux";

  private static final String SUFFIX = " (older gateway keys)";

  private LegacyGatewayPrefix() {}

  static void apply(ConfigurableEnvironment environment) {
    MutablePropertySources sources = environment.getPropertySources();
    for (PropertySource<?> source : sources) {
      if (source.getName().endsWith(SUFFIX)
          || sources.contains(source.getName() + SUFFIX)
          || !(source instanceof EnumerablePropertySource<?> all)) {
        continue;
      }
      Map<String, Object> copies =
          source instanceof SystemEnvironmentPropertySource ? fromVariables(all) : fromKeys(all);
      if (!copies.isEmpty()) {
        sources.addAfter(
            source.getName(), new MapPropertySource(source.getName() + SUFFIX, copies));
      }
    }
  }

  /** Whether a canonical key is one of the older ones. */
  static boolean isOld(String key) {
    return key.startsWith(OLD + ".")
        && !key.startsWith(OLD + ".server.")
        && !key.startsWith(OLD + ".mvc.");
  }

  /** The key that has taken the place of an older one. */
  static String renamed(String key) {
    return NEW + key.substring(OLD.length());
  }

  /** Keys keep their spelling: the names of arguments are among them. */
  private static Map<String, Object> fromKeys(EnumerablePropertySource<?> source) {
    Map<String, Object> copies = new LinkedHashMap<>();
    for (String key : source.getPropertyNames()) {
      Object value = isOld(key) ? source.getProperty(key) : null;
      if (value != null) {
        copies.put(renamed(key), value);
      }
    }
    return copies;
  }

  private static Map<String, Object> fromVariables(EnumerablePropertySource<?> source) {
    Map<String, Object> copies = new LinkedHashMap<>();
    ConfigurationPropertySource mapped = ConfigurationPropertySource.from(source);
    if (mapped instanceof IterableConfigurationPropertySource iterable) {
      for (ConfigurationPropertyName key : iterable) {
        ConfigurationProperty property =
            isOld(key.toString()) ? mapped.getConfigurationProperty(key) : null;
        if (property != null) {
          copies.put(renamed(key.toString()), property.getValue());
        }
      }
    }
    return copies;
  }
}
