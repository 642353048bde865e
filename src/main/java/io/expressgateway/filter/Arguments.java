package io.expressgateway.filter;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.route.NamedArguments;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one filter as its table row names them, whichever way they were written.
 *
 * <p>Names are compared as Spring's relaxed binding does: case, dashes and underscores do not
 * count, and {@code statuses[0]}, {@code statuses[1]} make a list. Where Spring Cloud Gateway
 * silently ignores an argument that the filter does not have, this refuses it: an operator who
 * wrote it expects it to do something.
 *
 * <p>Every error is an {@link IllegalArgumentException} that names the filter, the argument, what
 * is wrong and what to write.
 */
final class Arguments {

  private static final String GENERATED = "_genkey_";
  private static final Pattern INDEX = Pattern.compile("\\[\\d+]$");
  private static final Pattern DURATION = Pattern.compile("([+-]?\\d+)(ns|us|ms|s|m|h|d)?");
  private static final Pattern SIZE = Pattern.compile("\\+?(\\d+)(B|KB|MB|GB|TB)?");

  private final String filter;
  private final Map<String, String> single = new LinkedHashMap<>();
  private final Map<String, List<String>> listed = new LinkedHashMap<>();

  private Arguments(String filter) {
    this.filter = filter;
  }

  /** Arguments by name, or by place in {@code shortcut}; {@code others} have no place. */
  static Arguments of(NamedArguments written, List<String> shortcut, List<String> others) {
    Arguments arguments = new Arguments(written.name());
    int place = 0;
    for (Map.Entry<String, String> entry : written.arguments().entrySet()) {
      arguments.put(entry.getKey(), entry.getValue(), place++, shortcut, others);
    }
    return arguments;
  }

  /** All arguments, whatever their names, as the one list that {@code name} is. */
  static Arguments gathered(NamedArguments written, String name) {
    Arguments arguments = new Arguments(written.name());
    arguments.listed.put(name, new ArrayList<>(written.arguments().values()));
    return arguments;
  }

  private void put(
      String key, String value, int place, List<String> shortcut, List<String> others) {
    if (key.startsWith(GENERATED)) {
      if (place >= shortcut.size()) {
        throw tooMany(shortcut, others);
      }
      single.put(shortcut.get(place), value);
      return;
    }
    Matcher index = INDEX.matcher(key);
    boolean element = index.find();
    String name = known(element ? key.substring(0, index.start()) : key, shortcut, others);
    if (element) {
      listed.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    } else {
      single.put(name, value);
    }
  }

  private IllegalArgumentException tooMany(List<String> shortcut, List<String> others) {
    String takes = shortcut.isEmpty() ? "no arguments" : "at most " + String.join(", ", shortcut);
    return new IllegalArgumentException(
        filter
            + " has more arguments than it takes in the short form ("
            + takes
            + "); write a value with a comma in it, or a further argument"
            + (others.isEmpty() ? "" : " (" + String.join(", ", others) + ")")
            + ", in the long form with name and args");
  }

  private String known(String written, List<String> shortcut, List<String> others) {
    for (List<String> names : List.of(shortcut, others)) {
      for (String name : names) {
        if (canonical(name).equals(canonical(written))) {
          return name;
        }
      }
    }
    List<String> all = new ArrayList<>(shortcut);
    all.addAll(others);
    throw new IllegalArgumentException(
        filter
            + " has no argument '"
            + written
            + "'; "
            + (all.isEmpty() ? "it takes none" : "it takes " + String.join(", ", all)));
  }

  private static String canonical(String name) {
    return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }

  /** The refusal of an argument's value. */
  IllegalArgumentException refuse(String name, @Nullable String value, String reason) {
    return new IllegalArgumentException(
        filter + ": " + name + " is '" + (value == null ? "" : value) + "': " + reason);
  }

  /** The text as written, or null. */
  @Nullable String optional(String name) {
    return single.get(name);
  }

  /** The text; must be there, may be empty. */
  String textOrEmpty(String name) {
    String value = single.get(name);
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  /** The text; must be there and not blank. */
  String text(String name) {
    String value = single.get(name);
    if (value == null || value.isBlank()) {
      throw missing(name);
    }
    return value;
  }

  private IllegalArgumentException missing(String name) {
    return new IllegalArgumentException(
        filter
            + " needs a value for "
            + name
            + "; see the filter's row in docs/guide/filters.md for its arguments");
  }

  /** A header name; must be there. */
  String headerName(String name) {
    return headerName(name, text(name));
  }

  /** Checks that a text is a header name. */
  String headerName(String name, String value) {
    if (!HeaderBlock.isToken(value)) {
      throw refuse(name, value, "no header name; write letters, digits and dashes only");
    }
    return value;
  }

  /** As {@link #headerName}, for a filter that gives the header a value. */
  String writableHeaderName(String name) {
    String value = headerName(name);
    if (Framing.owns(value)) {
      throw refuse(
          name, value, "it delimits the body, which only the gateway may; remove this filter");
    }
    return value;
  }

  /** A value for a header that may hold template variables; must be there. */
  Template template(String name) {
    return Template.compile(text(name));
  }

  /** A whole number from {@code min} on. */
  int wholeNumber(String name, int absent, int min) {
    String value = single.get(name);
    if (value == null) {
      return absent;
    }
    try {
      int number = Integer.parseInt(value.strip());
      if (number >= min) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below, as a number out of range is.
    }
    throw refuse(name, value, "write a whole number from " + min + " on");
  }

  /** A number from 0 to 1. */
  double fraction(String name, double absent) {
    String value = single.get(name);
    if (value == null) {
      return absent;
    }
    try {
      double number = Double.parseDouble(value.strip());
      if (number >= 0 && number <= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below, as a number out of range is.
    }
    throw refuse(name, value, "write a number from 0 to 1, for example 0.5");
  }

  /** True or false, in any of Spring's spellings. */
  boolean flag(String name, boolean absent) {
    String value = single.get(name);
    if (value == null) {
      return absent;
    }
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true", "on", "yes", "1" -> true;
      case "false", "off", "no", "0" -> false;
      default -> throw refuse(name, value, "write true or false");
    };
  }

  /** One of the constants of an enum, in any case. */
  <E extends Enum<E>> E choice(String name, E absent) {
    String value = single.get(name);
    return value == null ? absent : choice(name, value, absent.getDeclaringClass());
  }

  /** A text as one of the constants of an enum, in any case. */
  <E extends Enum<E>> E choice(String name, String value, Class<E> type) {
    List<String> all = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      if (canonical(constant.name()).equals(canonical(value.strip()))) {
        return constant;
      }
      all.add(constant.name());
    }
    throw refuse(name, value, "write one of " + String.join(", ", all));
  }

  /** A list, separated by commas or written element by element; null when absent. */
  @Nullable List<String> list(String name) {
    List<String> elements = listed.get(name);
    if (elements != null) {
      return List.copyOf(elements);
    }
    String value = single.get(name);
    if (value == null) {
      return null;
    }
    List<String> parts = new ArrayList<>();
    for (String part : value.split(",")) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return parts;
  }

  /** Each element of a list by {@code read}; {@code absent} when there is no such argument. */
  <T> List<T> list(String name, List<T> absent, Function<String, T> read) {
    List<String> elements = list(name);
    return elements == null ? absent : elements.stream().map(read).toList();
  }

  /**
   * A length of time, not negative: {@code 10ms}, {@code 2s}, {@code PT1M}; bare numbers are ms.
   */
  Duration duration(String name, Duration absent) {
    String value = single.get(name);
    if (value == null) {
      return absent;
    }
    Duration duration = parseDuration(value.strip());
    if (duration == null || duration.isNegative()) {
      throw refuse(name, value, "write a length of time such as 50ms, 2s or PT1M");
    }
    return duration;
  }

  private static @Nullable Duration parseDuration(String value) {
    Matcher simple = DURATION.matcher(value.toLowerCase(Locale.ROOT));
    try {
      if (!simple.matches()) {
        return Duration.parse(value);
      }
      String unit = simple.group(2);
      return Duration.of(Long.parseLong(simple.group(1)), unit(unit == null ? "ms" : unit));
    } catch (java.time.DateTimeException | NumberFormatException | ArithmeticException e) {
      return null;
    }
  }

  private static ChronoUnit unit(String suffix) {
    return switch (suffix) {
      case "ns" -> ChronoUnit.NANOS;
      case "us" -> ChronoUnit.MICROS;
      case "s" -> ChronoUnit.SECONDS;
      case "m" -> ChronoUnit.MINUTES;
      case "h" -> ChronoUnit.HOURS;
      case "d" -> ChronoUnit.DAYS;
      default -> ChronoUnit.MILLIS;
    };
  }

  /** A positive number of bytes: {@code 5000000}, {@code 16KB} (1024 each), {@code 5MB}. */
  long bytes(String name, long absent) {
    String value = single.get(name);
    if (value == null) {
      return absent;
    }
    Matcher size = SIZE.matcher(value.strip());
    if (size.matches()) {
      try {
        long bytes = Math.multiplyExact(Long.parseLong(size.group(1)), scale(size.group(2)));
        if (bytes > 0) {
          return bytes;
        }
      } catch (NumberFormatException | ArithmeticException e) {
        // Refused below: beyond a long.
      }
    }
    throw refuse(name, value, "write a size above 0 such as 5000000, 16KB or 5MB");
  }

  private static long scale(@Nullable String suffix) {
    return suffix == null || suffix.equals("B")
        ? 1
        : 1L << (10 * (1 + List.of("KB", "MB", "GB", "TB").indexOf(suffix)));
  }

  /** A regular expression; must be there and compile. */
  Pattern pattern(String name) {
    String value = text(name);
    try {
      return Pattern.compile(value);
    } catch (java.util.regex.PatternSyntaxException e) {
      throw refuse(name, value, "no regular expression: " + e.getDescription());
    }
  }

  /** A response status by number or by name, from {@code min} to {@code max}. */
  int status(String name, int min, int max) {
    return status(name, text(name), min, max);
  }

  /** A text as a status by number or by name, from {@code min} to {@code max}. */
  int status(String name, String value, int min, int max) {
    int status = StatusNames.code(value.strip());
    if (status < min || status > max) {
      throw refuse(
          name,
          value,
          "write a status from "
              + min
              + " to "
              + max
              + ", as a number or by a name such as "
              + (min == 300 ? "MOVED_PERMANENTLY" : "NOT_FOUND"));
    }
    return status;
  }
}
