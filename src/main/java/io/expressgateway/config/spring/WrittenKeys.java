package io.expressgateway.config.spring;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Every key that somebody wrote, as they wrote it: without what an early environment step has put
 * in place for Spring Boot, and with what it has taken away. Immutable.
 */
public final class WrittenKeys {

  /** Sources that no user wrote: ours, and the one that Spring Cloud Gateway adds. */
  private static final Set<String> NOT_WRITTEN =
      Set.of(ManagementSource.NAME, "gateway-properties");

  private final Map<ConfigurationPropertyName, Entry> entries;

  private WrittenKeys(Map<ConfigurationPropertyName, Entry> entries) {
    this.entries = entries;
  }

  /**
   * A key with its value.
   *
   * @param key in canonical form
   * @param value as text, placeholders resolved
   * @param ambient whether it comes from the process environment or system properties, where names
   *     are not always meant for us
   */
  public record Entry(String key, String value, boolean ambient) {}

  /** What this environment holds now. */
  public static WrittenKeys of(ConfigurableEnvironment environment) {
    Map<ConfigurationPropertyName, Entry> entries = new LinkedHashMap<>();
    for (ConfigurationPropertySource source :
        ConfigurationPropertySources.from(environment.getPropertySources())) {
      if (!(source instanceof IterableConfigurationPropertySource iterable)) {
        continue;
      }
      String name = source.getUnderlyingSource() instanceof PropertySource<?> p ? p.getName() : "";
      if (NOT_WRITTEN.contains(name)) {
        continue;
      }
      boolean ambient =
          name.equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)
              || name.equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
      for (ConfigurationPropertyName key : iterable) {
        ConfigurationProperty property = source.getConfigurationProperty(key);
        if (property != null) {
          String text = environment.resolvePlaceholders(String.valueOf(property.getValue()));
          entries.putIfAbsent(key, new Entry(key.toString(), text, ambient));
        }
      }
    }
    ManagementSource.in(environment)
        .ifPresent(source ->
            source
                .hidden()
                .forEach((key, value) ->
                    entries.putIfAbsent(
                        ConfigurationPropertyName.of(key), new Entry(key, value, false))));
    return new WrittenKeys(entries);
  }

  /** The value of a key; empty when it is not written or has no value. */
  public Optional<String> value(String key) {
    Entry entry = entries.get(ConfigurationPropertyName.of(key));
    return entry == null || entry.value().isBlank()
        ? Optional.empty()
        : Optional.of(entry.value().strip());
  }

  /** Every key below a prefix, in the order of precedence and writing. */
  public List<Entry> below(String prefix) {
    ConfigurationPropertyName root = ConfigurationPropertyName.of(prefix);
    return entries.entrySet().stream()
        .filter(entry -> root.isAncestorOf(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Whether any key below the prefix is written. */
  public boolean hasAnyBelow(String prefix) {
    return below(prefix).stream().anyMatch(entry -> !entry.value().isBlank());
  }
}
