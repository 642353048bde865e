package io.expressgateway.config.bind;

import io.expressgateway.config.Problems;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Binds a {@link PropertyTree} to records and reports everything that is wrong on the way instead
 * of stopping at the first: unknown keys (with the closest known one), values of the wrong type or
 * range, and keys whose feature is not built. Spring Boot's own binder stops at the first problem
 * and ignores unknown keys in nested records, hence this one. Confined to one thread.
 */
public final class StrictBinder {

  private final Problems problems;
  private final Set<String> catalogue;

  /** Reports to {@code problems}; {@code catalogue} are all known keys, for suggestions. */
  public StrictBinder(Problems problems, Set<String> catalogue) {
    this.problems = problems;
    this.catalogue = catalogue;
  }

  /** The record; a component that has a problem holds its default, or empty text. */
  public <R extends Record> R bind(PropertyTree node, Class<R> type) {
    if (!node.text().isEmpty()) {
      problems.refuse(
          node.path(), node.text(), "takes keys, not a value", "write its keys below it");
    }
    RecordComponent[] components = type.getRecordComponents();
    refuseUnknownKeys(node, components);
    @Nullable Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      arguments[i] = component(node, components[i]);
    }
    return create(type, components, arguments);
  }

  private static <R extends Record> R create(
      Class<R> type, RecordComponent[] components, @Nullable Object[] arguments) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<R> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(arguments);
    } catch (NoSuchMethodException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException impossible) {
      throw new IllegalStateException("cannot create " + type.getName(), impossible);
    }
  }

  private void refuseUnknownKeys(PropertyTree node, RecordComponent[] components) {
    Map<String, String> known = new LinkedHashMap<>();
    for (RecordComponent component : components) {
      String name = BoundKeys.kebab(component.getName());
      known.put(PropertyTree.uniform(name), name);
    }
    node.childrenByUniformName()
        .forEach((name, child) -> {
          if (!known.containsKey(name)) {
            refuseUnknownKey(node, child, known.values());
          }
        });
  }

  private void refuseUnknownKey(
      PropertyTree node, PropertyTree child, java.util.Collection<String> siblings) {
    if (child.isAmbient()) {
      problems.warn(
          child.path(),
          child.shown(),
          "unknown key in the process environment, ignored",
          "unset the variable if it was meant for this gateway");
      return;
    }
    problems.refuse(
        child.path(),
        child.shown(),
        "unknown key",
        "the closest known key is " + closest(node, child, siblings));
  }

  /** A sibling when one is near; else whatever known key resembles the whole path most. */
  private String closest(
      PropertyTree node, PropertyTree child, java.util.Collection<String> siblings) {
    String last = child.path().substring(node.path().length() + 1);
    String sibling = ClosestKey.to(last, siblings);
    if (sibling != null && ClosestKey.distance(last, sibling) <= Math.max(2, last.length() / 3)) {
      return node.path() + "." + sibling;
    }
    String anywhere = ClosestKey.to(child.path().replaceAll("\\[\\d+]", "[]"), catalogue);
    return anywhere == null ? node.path() + "." + sibling : anywhere;
  }

  private @Nullable Object component(PropertyTree parent, RecordComponent component) {
    PropertyTree node = parent.child(BoundKeys.kebab(component.getName()));
    NotBuilt missing = component.getAnnotation(NotBuilt.class);
    boolean refused = missing != null && refuseNotBuilt(node, component, missing);
    Class<?> type = component.getType();
    if (type.isRecord()) {
      return refused ? bindNothing(node, type) : record(node, component);
    }
    if (type == List.class) {
      return refused ? List.of() : list(node, component);
    }
    if (type == Map.class) {
      if (BoundKeys.isTextMap(component)) {
        return refused ? Map.of() : texts(node);
      }
      BoundKeys.MapTypes types = BoundKeys.mapTypes(component);
      return types == null || refused ? Map.of() : map(node, types);
    }
    return refused ? fallback(component) : scalar(node, component);
  }

  /** Whether the key asks for something that does not exist yet. */
  private boolean refuseNotBuilt(PropertyTree node, RecordComponent component, NotBuilt missing) {
    if (node.isBlank()) {
      return false;
    }
    String text = word(component, node.text());
    OneOf words = component.getAnnotation(OneOf.class);
    boolean misspelt = words != null && !List.of(words.value()).contains(text);
    if (misspelt || (!text.isEmpty() && List.of(missing.except()).contains(text))) {
      return false;
    }
    String remedy =
        missing.except().length == 0
            ? "remove the key"
            : "remove the key, or write " + String.join(" or ", missing.except());
    problems.refuse(node.path(), node.shown(), missing.value() + " is not built yet", remedy);
    return true;
  }

  private static @Nullable Object bindNothing(PropertyTree node, Class<?> type) {
    return new StrictBinder(new Problems(), Set.of())
        .bind(node.child("nothing"), type.asSubclass(Record.class));
  }

  private @Nullable Object record(PropertyTree node, RecordComponent component) {
    boolean absent = node.isBlank() || node.text().equals("false") || node.text().equals("off");
    if (isNullable(component) && absent) {
      return null;
    }
    return bind(node, component.getType().asSubclass(Record.class));
  }

  /**
   * One record per constant of the enum that is written; the text of a constant is its key.
   * Anything else below is unknown.
   */
  private Map<Object, Object> map(PropertyTree node, BoundKeys.MapTypes types) {
    Map<String, Object> known = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    for (Object constant : types.keys()) {
      known.put(PropertyTree.uniform(constant.toString()), constant);
      names.add(constant.toString());
    }
    if (!node.text().isEmpty()) {
      problems.refuse(
          node.path(), node.text(), "takes keys, not a value", "write its keys below it");
    }
    Map<Object, Object> bound = new LinkedHashMap<>();
    node.childrenByUniformName()
        .forEach((name, child) -> {
          Object constant = known.get(name);
          if (constant == null) {
            refuseUnknownKey(node, child, names);
          } else {
            bound.put(constant, bind(child, types.value()));
          }
        });
    return bound;
  }

  /** Names that the file makes up, with their dots, in the order in which it has them. */
  private Map<String, String> texts(PropertyTree node) {
    if (!node.text().isEmpty()) {
      problems.refuse(
          node.path(), node.text(), "takes keys, not a value", "write its keys below it");
    }
    Map<String, String> bound = new LinkedHashMap<>();
    node.children()
        .forEach(
            child -> bound.put(child.path().substring(node.path().length() + 1), child.text()));
    return bound;
  }

  private List<?> list(PropertyTree node, RecordComponent component) {
    Class<?> element = BoundKeys.listElement(component);
    if (element != null && element.isRecord()) {
      return records(node, element.asSubclass(Record.class));
    }
    if (node.isIndexed()) {
      return node.children().stream().map(PropertyTree::text).filter(t -> !t.isEmpty()).toList();
    }
    if (!node.children().isEmpty()) {
      refuseNoList(node);
    }
    return Arrays.stream(node.text().split(","))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .toList();
  }

  private <R extends Record> List<R> records(PropertyTree node, Class<R> element) {
    if (!node.isBlank() && !node.isIndexed()) {
      refuseNoList(node);
      return List.of();
    }
    List<R> bound = new ArrayList<>();
    for (PropertyTree child : node.children()) {
      bound.add(bind(child, element));
    }
    return bound;
  }

  private void refuseNoList(PropertyTree node) {
    problems.refuse(node.path(), node.shown(), "is a list", "write each element after a dash");
  }

  private @Nullable Object scalar(PropertyTree node, RecordComponent component) {
    if (!node.children().isEmpty()) {
      problems.refuse(
          node.path(), node.shown(), "takes a value, not keys", "write the value after the colon");
      return fallback(component);
    }
    if (node.text().isEmpty()) {
      if (isRequired(component)) {
        problems.refuse(
            node.path(),
            "",
            "is required",
            "set it; mind that a list set in one place replaces the whole list of another");
      }
      return fallback(component);
    }
    String text = word(component, node.text());
    return isAllowedWord(node, component, text)
        ? parsed(node, component, text)
        : fallback(component);
  }

  private @Nullable Object parsed(PropertyTree node, RecordComponent component, String text) {
    Class<?> type = component.getType();
    Object value;
    try {
      value = TextValue.parse(type, text);
    } catch (IllegalArgumentException | ArithmeticException notThatType) {
      problems.refuse(node.path(), text, "is not " + TextValue.kind(type), TextValue.remedy(type));
      return fallback(component);
    }
    return isInRange(node, component, text, value) ? value : fallback(component);
  }

  private boolean isAllowedWord(PropertyTree node, RecordComponent component, String text) {
    OneOf words = component.getAnnotation(OneOf.class);
    if (words == null || List.of(words.value()).contains(text)) {
      return true;
    }
    String closest = ClosestKey.to(text, List.of(words.value()));
    problems.refuse(
        node.path(),
        text,
        "is not one of " + String.join(", ", words.value()),
        "write one of them; the closest is " + closest);
    return false;
  }

  private boolean isInRange(
      PropertyTree node, RecordComponent component, String text, Object value) {
    Range range = component.getAnnotation(Range.class);
    double min = range == null ? 0 : range.min();
    double max = range == null ? Double.MAX_VALUE : range.max();
    double magnitude = TextValue.magnitude(value);
    if (magnitude >= min && magnitude <= max) {
      return true;
    }
    Class<?> type = component.getType();
    String least = TextValue.limit(type, min);
    problems.refuse(
        node.path(),
        text,
        "is out of range",
        max == Double.MAX_VALUE
            ? "write at least " + least
            : "write a value from " + least + " to " + TextValue.limit(type, max));
    return false;
  }

  /** YAML 1.1 reads an unquoted {@code off} as false; where off is a word it means that word. */
  private static String word(RecordComponent component, String text) {
    return text.equals("false") && takesOff(component) ? "off" : text;
  }

  private static boolean takesOff(RecordComponent component) {
    OneOf words = component.getAnnotation(OneOf.class);
    return (words != null && List.of(words.value()).contains("off"))
        || BoundKeys.defaultText(component).equals("off");
  }

  private static @Nullable Object fallback(RecordComponent component) {
    String text = BoundKeys.defaultText(component);
    if (has(component, DefaultValue.class)) {
      return TextValue.parse(component.getType(), text);
    }
    return isNullable(component) || component.getType() != String.class ? null : "";
  }

  private static boolean isRequired(RecordComponent component) {
    return !has(component, DefaultValue.class) && !isNullable(component);
  }

  private static boolean isNullable(RecordComponent component) {
    return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  private static boolean has(RecordComponent component, Class<? extends Annotation> annotation) {
    return component.isAnnotationPresent(annotation);
  }
}
