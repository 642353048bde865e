package io.expressgateway.config.spring;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The early environment step. {@code server.port} and {@code server.address} in a file mean the
 * listener, as they do in Spring Cloud Gateway; Spring Boot's own web server is the management
 * server here. So it is told the management address under those names, and {@code
 * management.server.port} and {@code .address} are hidden from it, or its rules about a separate
 * management port would fire (a second web server, or a refusal to start); so is {@code
 * server.ssl.*}, which is the listener's, or management would speak TLS. Also copies the older
 * {@code spring.cloud.gateway.*} keys to their new prefix. Reports nothing: {@link SpringKeys}
 * does, from the same keys.
 */
public final class GatewayEnvironment implements EnvironmentPostProcessor, Ordered {

  /** Where the management server is bound unless a key says otherwise. */
  public static final String DEFAULT_ADDRESS = "127.0.0.1";

  /** The port of the management server unless a key says otherwise. */
  public static final int DEFAULT_PORT = 9090;

  private static final Set<String> HIDDEN =
      Set.of("managementserverport", "managementserveraddress");

  /** After the configuration files, which Spring Boot reads near the front. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    apply(environment);
  }

  /** Does the step; a second time changes nothing. */
  public static void apply(ConfigurableEnvironment environment) {
    LegacyGatewayPrefix.apply(environment);
    if (ManagementSource.in(environment).isPresent()) {
      return;
    }
    WrittenKeys written = WrittenKeys.of(environment);
    Map<String, String> hidden = new LinkedHashMap<>();
    for (String key : List.of("management.server.port", "management.server.address")) {
      written.value(key).ifPresent(value -> hidden.put(key, value));
    }
    written.below("server.ssl").forEach(entry -> hidden.put(entry.key(), entry.value()));
    MutablePropertySources sources = environment.getPropertySources();
    for (PropertySource<?> source : sources) {
      if (source instanceof EnumerablePropertySource<?> all && holdsHidden(all)) {
        sources.replace(source.getName(), without(all));
      }
    }
    sources.addFirst(
        new ManagementSource(
            Map.of("server.port", port(hidden), "server.address", address(hidden)), hidden));
  }

  /** A port that is none is reported later; until then the default keeps Spring Boot going. */
  private static String port(Map<String, String> hidden) {
    String text = hidden.getOrDefault("management.server.port", "");
    return text.matches("\\d{1,5}") && Integer.parseInt(text) <= 65_535
        ? text
        : String.valueOf(DEFAULT_PORT);
  }

  private static String address(Map<String, String> hidden) {
    return hidden.getOrDefault("management.server.address", DEFAULT_ADDRESS);
  }

  private static boolean holdsHidden(EnumerablePropertySource<?> source) {
    for (String name : source.getPropertyNames()) {
      if (isHidden(name)) {
        return true;
      }
    }
    return false;
  }

  static boolean isHidden(String name) {
    String uniform = name.replaceAll("[._-]", "").toLowerCase(Locale.ROOT);
    return HIDDEN.contains(uniform) || uniform.startsWith("serverssl");
  }

  private static PropertySource<?> without(EnumerablePropertySource<?> source) {
    if (source instanceof SystemEnvironmentPropertySource) {
      Map<String, Object> rest = new LinkedHashMap<>();
      for (String name : source.getPropertyNames()) {
        Object value = source.getProperty(name);
        if (!isHidden(name) && value != null) {
          rest.put(name, value);
        }
      }
      return new SystemEnvironmentPropertySource(source.getName(), rest);
    }
    return new Without(source);
  }

  /** A source that keeps silent about the hidden keys. */
  private static final class Without extends EnumerablePropertySource<EnumerablePropertySource<?>> {

    Without(EnumerablePropertySource<?> source) {
      super(source.getName(), source);
    }

    @Override
    public String[] getPropertyNames() {
      return java.util.Arrays.stream(source.getPropertyNames())
          .filter(name -> !isHidden(name))
          .toArray(String[]::new);
    }

    @Override
    public @Nullable Object getProperty(String name) {
      return isHidden(name) ? null : source.getProperty(name);
    }
  }
}
