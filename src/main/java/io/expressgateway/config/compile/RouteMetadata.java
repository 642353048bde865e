package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/**
 * The metadata of a route. Keys that mean something here are checked and brought to one type:
 * {@code connect-timeout}, {@code response-timeout} (a negative one is none, as in Spring Cloud
 * Gateway), {@code per-try-timeout}, {@code total-timeout} and {@code tunnel-idle-timeout} to
 * {@link Long} milliseconds, {@code grpc-max-deadline} as well (-1 for off), {@code max-body-size}
 * to {@link Long} bytes, {@code listeners} to a list of names. Everything else stays as written.
 */
final class RouteMetadata {

  /** A year: more is a slip of the pen, and would overflow as nanoseconds long after. */
  private static final long MAX_MILLIS = Duration.ofDays(366).toMillis();

  private final String key;
  private final Problems problems;
  private final Map<String, Object> values = new LinkedHashMap<>();

  RouteMetadata(String routeKey, Map<String, ?> written, Problems problems) {
    this.key = routeKey + ".metadata";
    this.problems = problems;
    written.forEach(this::take);
  }

  private void take(String name, Object value) {
    if (value == null) {
      return;
    }
    switch (name) {
      case "connect-timeout" -> millis(name, value, 1);
      case "response-timeout" -> millis(name, value, Long.MIN_VALUE);
      case "per-try-timeout", "total-timeout", "tunnel-idle-timeout" -> duration(name, value);
      case "grpc-max-deadline" -> durationOrOff(name, value);
      case "max-body-size" -> bytes(name, value);
      case "listeners" -> values.put(name, names(value));
      default -> values.put(name, value);
    }
  }

  private void millis(String name, Object value, long min) {
    try {
      long millis = Long.parseLong(value.toString().strip());
      if (millis >= min && millis <= MAX_MILLIS) {
        values.put(name, millis);
        return;
      }
    } catch (NumberFormatException notANumber) {
      // Reported below, in the same words as a number that is too small.
    }
    problems.refuse(
        key + "." + name,
        value.toString(),
        "is not a number of milliseconds",
        "write digits only, as in 2000");
  }

  private void durationOrOff(String name, Object value) {
    String text = value.toString().strip();
    if (text.equals("off") || text.equals("false")) {
      values.put(name, -1L);
    } else {
      duration(name, value);
    }
  }

  private void duration(String name, Object value) {
    try {
      Duration duration = DurationStyle.detectAndParse(value.toString().strip(), ChronoUnit.MILLIS);
      long millis = duration.toMillis();
      if (millis > 0 && millis <= MAX_MILLIS) {
        values.put(name, millis);
        return;
      }
    } catch (IllegalArgumentException | ArithmeticException notADuration) {
      // Reported below, in the same words as one that is not positive.
    }
    problems.refuse(
        key + "." + name,
        value.toString(),
        "is not a positive duration",
        "write a duration, as in 2s or 500ms");
  }

  private void bytes(String name, Object value) {
    try {
      long bytes = DataSize.parse(value.toString().strip()).toBytes();
      if (bytes >= 0) {
        values.put(name, bytes);
        return;
      }
    } catch (IllegalArgumentException | ArithmeticException notASize) {
      // Reported below, in the same words as a negative size.
    }
    problems.refuse(
        key + "." + name, value.toString(), "is not a size", "write a size, as in 10MB");
  }

  /** A list, the map of indexes that Spring Boot makes of one, or text with commas. */
  private static List<String> names(Object value) {
    List<String> names = new ArrayList<>();
    Collection<?> elements =
        switch (value) {
          case Map<?, ?> map -> map.values();
          case Collection<?> collection -> collection;
          default -> Arrays.asList(value.toString().split(","));
        };
    elements.forEach(element -> names.add(String.valueOf(element).strip()));
    names.removeIf(String::isEmpty);
    return names;
  }

  Map<String, Object> values() {
    return values;
  }

  /** The listeners that it names, each of which must exist and know requests; empty for all. */
  Set<String> listeners(RouteSetting setting) {
    Set<String> known = new TreeSet<>(setting.listeners());
    known.removeAll(setting.relayListeners());
    Set<String> listeners = new LinkedHashSet<>();
    if (values.get("listeners") instanceof List<?> names) {
      names.forEach(name -> listeners.add(name.toString()));
    }
    for (String listener : listeners) {
      if (!known.contains(listener)) {
        problems.refuse(
            key + ".listeners",
            listener,
            setting.relayListeners().contains(listener)
                ? "this listener relays bytes and knows no requests"
                : "there is no such listener",
            "write one of " + String.join(", ", known));
      }
    }
    return listeners;
  }
}
