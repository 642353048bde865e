package io.expressgateway.config.spring;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** What Spring Boot's own web server is told, and the keys that were taken away for it. */
final class ManagementSource extends MapPropertySource {

  /** Its name among the property sources. */
  static final String NAME = "expressgateway-management";

  private final Map<String, String> hidden;

  ManagementSource(Map<String, Object> told, Map<String, String> hidden) {
    super(NAME, told);
    this.hidden = Map.copyOf(hidden);
  }

  /** Keys that Spring Boot must not see, with the values that were written. */
  Map<String, String> hidden() {
    return hidden;
  }

  static Optional<ManagementSource> in(ConfigurableEnvironment environment) {
    return environment.getPropertySources().get(NAME) instanceof ManagementSource source
        ? Optional.of(source)
        : Optional.empty();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
