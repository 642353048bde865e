package io.expressgateway.config.bind;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * All keys below a prefix as a tree, merged over the property sources by Spring Boot's rules: a
 * source wins key by key, but a list is taken whole from the first source that has any of it.
 * Confined to the thread that compiles.
 */
public final class PropertyTree {

  /**
   * Keys of names that a file makes up, in which dashes, stars and dots say something. Spring's own
   * view of names drops a star without a word, so these are taken as written.
   */
  private static final Pattern NAMES =
      Pattern.compile("(?<key>.*\\.sni)(?:\\.(?<plain>.+)|\\[(?<quoted>.+)])");

  private final String path;
  private final Map<String, PropertyTree> children = new LinkedHashMap<>();
  private @Nullable String value;
  private boolean indexed;
  private boolean ambient = true;

  private PropertyTree(String path) {
    this.path = path;
  }

  /** The tree of everything at and below {@code root}; empty when nothing is set. */
  public static PropertyTree read(ConfigurableEnvironment environment, String root) {
    ConfigurationPropertyName prefix = ConfigurationPropertyName.of(root);
    PropertyTree merged = new PropertyTree(root);
    for (ConfigurationPropertySource source :
        ConfigurationPropertySources.from(environment.getPropertySources())) {
      if (source instanceof IterableConfigurationPropertySource iterable) {
        merged.mergeLower(readOne(environment, iterable, prefix));
      }
    }
    return merged;
  }

  private static PropertyTree readOne(
      ConfigurableEnvironment environment,
      IterableConfigurationPropertySource source,
      ConfigurationPropertyName prefix) {
    PropertyTree root = new PropertyTree(prefix.toString());
    boolean ambient = isAmbient(source.getUnderlyingSource());
    for (ConfigurationPropertyName name : source) {
      if (!prefix.isAncestorOf(name) || NAMES.matcher(name.toString()).matches()) {
        continue;
      }
      ConfigurationProperty property = source.getConfigurationProperty(name);
      PropertyTree node = root;
      node.ambient &= ambient;
      for (int i = prefix.getNumberOfElements(); i < name.getNumberOfElements(); i++) {
        node = node.childFor(name, i);
        node.ambient &= ambient;
      }
      Object raw = property == null ? null : property.getValue();
      node.value = raw == null ? "" : environment.resolvePlaceholders(raw.toString()).strip();
    }
    if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> written && !ambient) {
      readNames(environment, written, prefix, root);
    }
    return root;
  }

  private static void readNames(
      ConfigurableEnvironment environment,
      EnumerablePropertySource<?> source,
      ConfigurationPropertyName prefix,
      PropertyTree root) {
    for (String written : source.getPropertyNames()) {
      Matcher named = NAMES.matcher(written);
      if (!named.matches()) {
        continue;
      }
      ConfigurationPropertyName key = ConfigurationPropertyName.adapt(named.group("key"), '.');
      if (!prefix.isAncestorOf(key)) {
        continue;
      }
      PropertyTree node = root;
      node.ambient = false;
      for (int i = prefix.getNumberOfElements(); i < key.getNumberOfElements(); i++) {
        node = node.childFor(key, i);
        node.ambient = false;
      }
      String quoted = named.group("quoted");
      String name = quoted == null ? named.group("plain") : quoted;
      String path = node.path + "." + name;
      PropertyTree leaf =
          node.children.computeIfAbsent(
              name.toLowerCase(Locale.ROOT), made -> new PropertyTree(path));
      leaf.ambient = false;
      leaf.value =
          environment.resolvePlaceholders(String.valueOf(source.getProperty(written))).strip();
    }
  }

  /**
   * Names in the process environment are not always meant for us: Kubernetes sets {@code
   * EXPRESSGATEWAY_PORT} when a service has our name. Spring Boot makes the same exception.
   */
  private static boolean isAmbient(@Nullable Object source) {
    return source instanceof PropertySource<?> named
        && (StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME.equals(named.getName())
            || StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME.equals(named.getName()));
  }

  private PropertyTree childFor(ConfigurationPropertyName name, int element) {
    String text = name.getElement(element, Form.ORIGINAL);
    boolean number = name.isNumericIndex(element);
    indexed |= number;
    String childPath =
        name.chop(element + 1).isLastElementIndexed() ? path + "[" + text + "]" : path + "." + text;
    return children.computeIfAbsent(uniform(text), key -> new PropertyTree(childPath));
  }

  private void mergeLower(PropertyTree lower) {
    if (isSet() && (value != null || indexed || lower.indexed)) {
      return;
    }
    ambient &= lower.ambient;
    if (!isSet()) {
      value = lower.value;
      indexed = lower.indexed;
    }
    lower.children.forEach((name, child) ->
        children.computeIfAbsent(name, key -> new PropertyTree(child.path)).mergeLower(child));
  }

  /** Whether anything is written at or below this key, an empty value included. */
  public boolean isSet() {
    return value != null || !children.isEmpty();
  }

  /** Whether there is neither a key below nor a value other than nothing at all. */
  public boolean isBlank() {
    return children.isEmpty() && (value == null || value.isEmpty());
  }

  /** Whether only the process environment or system properties speak of this key. */
  boolean isAmbient() {
    return ambient;
  }

  /** Whether the keys below are {@code [0]}, {@code [1]}, ... */
  boolean isIndexed() {
    return indexed;
  }

  /** The full key. */
  public String path() {
    return path;
  }

  /** The text written here, without surrounding white space; empty when there is none. */
  public String text() {
    return value == null ? "" : value;
  }

  /** What to show as this key's value in a report. */
  String shown() {
    return children.isEmpty() ? text() : "{" + String.join(", ", children.keySet()) + "}";
  }

  /** The child of this name; an empty one when nothing is written there. */
  public PropertyTree child(String name) {
    PropertyTree child = children.get(uniform(name));
    return child == null ? new PropertyTree(path + "." + name) : child;
  }

  Map<String, PropertyTree> childrenByUniformName() {
    return children;
  }

  /** The children; those of a list by index. */
  Collection<PropertyTree> children() {
    if (!indexed) {
      return children.values();
    }
    List<Map.Entry<String, PropertyTree>> entries = new ArrayList<>(children.entrySet());
    entries.sort((a, b) -> Integer.compare(number(a.getKey()), number(b.getKey())));
    return entries.stream().map(Map.Entry::getValue).toList();
  }

  private static int number(String key) {
    try {
      return Integer.parseInt(key);
    } catch (NumberFormatException notAnIndex) {
      return Integer.MAX_VALUE;
    }
  }

  /** Spring's relaxed form: case and dashes say nothing. */
  static String uniform(String name) {
    return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }
}
