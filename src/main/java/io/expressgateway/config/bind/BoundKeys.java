package io.expressgateway.config.bind;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every key that a record type binds, with its default: what the reference must document. */
public final class BoundKeys {

  private BoundKeys() {}

  /**
   * Leaf keys in the order of declaration, list elements as {@code []} and map keys as {@code *};
   * the value is the default as text, empty when there is none.
   */
  public static Map<String, String> of(String prefix, Class<?> type) {
    Map<String, String> keys = new LinkedHashMap<>();
    collect(prefix, type, keys);
    return keys;
  }

  private static void collect(String prefix, Class<?> type, Map<String, String> keys) {
    for (RecordComponent component : type.getRecordComponents()) {
      String key = prefix + "." + kebab(component.getName());
      Class<?> element = listElement(component);
      MapTypes map = mapTypes(component);
      if (component.getType().isRecord()) {
        collect(key, component.getType(), keys);
      } else if (element != null && element.isRecord()) {
        collect(key + "[]", element, keys);
      } else if (map != null) {
        collect(key + ".*", map.value(), keys);
      } else if (isTextMap(component)) {
        keys.put(key + ".*", "");
      } else {
        keys.put(key, defaultText(component));
      }
    }
  }

  /** The element type of a list; null when the component is none. */
  static @Nullable Class<?> listElement(RecordComponent component) {
    return component.getType() == List.class
            && component.getGenericType() instanceof ParameterizedType generic
            && generic.getActualTypeArguments()[0] instanceof Class<?> element
        ? element
        : null;
  }

  /**
   * What a map is made of.
   *
   * @param keys the constants of the enum that is the key
   * @param value the record below each
   */
  record MapTypes(List<?> keys, Class<? extends Record> value) {}

  /** The types of a map from an enum to a record; null when the component is none. */
  static @Nullable MapTypes mapTypes(RecordComponent component) {
    if (component.getGenericType() instanceof ParameterizedType generic
        && generic.getActualTypeArguments()[0] instanceof Class<?> key
        && key.isEnum()
        && generic.getActualTypeArguments()[1] instanceof Class<?> value
        && value.isRecord()) {
      return new MapTypes(Arrays.asList(key.getEnumConstants()), value.asSubclass(Record.class));
    }
    return null;
  }

  /** Whether the component is a map from names that a file makes up to text. */
  static boolean isTextMap(RecordComponent component) {
    return component.getGenericType() instanceof ParameterizedType generic
        && component.getType() == Map.class
        && Arrays.stream(generic.getActualTypeArguments()).allMatch(String.class::equals);
  }

  /** The default as text; empty when there is none. */
  static String defaultText(RecordComponent component) {
    DefaultValue text = component.getAnnotation(DefaultValue.class);
    return text == null ? "" : text.value();
  }

  /** {@code maxBodySize} as {@code max-body-size}. */
  static String kebab(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }
}
