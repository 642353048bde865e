package io.expressgateway.config.bind;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every key that a record type binds, with its default: what the reference must document. */
public final class BoundKeys {

  private BoundKeys() {}

  /**
   * Leaf keys in the order of declaration, list elements as {@code []}; the value is the default as
   * text, empty when there is none.
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
      if (component.getType().isRecord()) {
        collect(key, component.getType(), keys);
      } else if (element != null && element.isRecord()) {
        collect(key + "[]", element, keys);
      } else {
        keys.put(key, defaultText(component));
      }
    }
  }

  /** The element type of a list; null when the component is none. */
  static @Nullable Class<?> listElement(RecordComponent component) {
    return component.getType() == java.util.List.class
            && component.getGenericType() instanceof ParameterizedType generic
            && generic.getActualTypeArguments()[0] instanceof Class<?> element
        ? element
        : null;
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
