package io.expressgateway.config.bind;

import java.time.Duration;
import org.springframework.util.unit.DataSize;

/** Text to the types that keys have, in Spring's notation. */
final class TextValue {

  private TextValue() {}

  /**
   * The value that the text stands for.
   *
   * @throws IllegalArgumentException when it stands for none of this type
   */
  static Object parse(Class<?> type, String text) {
    if (type == String.class) {
      return text;
    }
    if (type == int.class || type == Integer.class) {
      return Integer.valueOf(text);
    }
    if (type == double.class) {
      return finite(Double.parseDouble(text));
    }
    if (type == boolean.class) {
      return bool(text);
    }
    if (type == Duration.class) {
      return text.equals("off") || text.equals("false") ? Duration.ZERO : DurationText.parse(text);
    }
    if (type == DataSize.class) {
      return DataSize.parse(text);
    }
    throw new IllegalStateException("no key can have the type " + type);
  }

  private static double finite(double number) {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException("not a finite number");
    }
    return number;
  }

  private static boolean bool(String text) {
    return switch (text) {
      case "true", "on", "yes" -> true;
      case "false", "off", "no" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }

  /** What a value of this type is called in a report. */
  static String kind(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "int", "Integer" -> "a whole number";
      case "double" -> "a number";
      case "boolean" -> "true or false";
      case "Duration" -> "a duration of at most a hundred years";
      case "DataSize" -> "a size";
      default -> "text";
    };
  }

  /** What to write instead. */
  static String remedy(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "int", "Integer" -> "write digits only, as in 100";
      case "double" -> "write a number, as in 0.25";
      case "boolean" -> "write true or false";
      case "Duration" -> "write a number and a unit: ms, s, m or h, as in 5s";
      case "DataSize" -> "write a number and a unit: B, KB, MB or GB, as in 64KB";
      default -> "write text";
    };
  }

  /** The number that {@link Range} looks at. */
  static double magnitude(Object value) {
    return switch (value) {
      case Duration duration -> duration.toNanos() / 1e6;
      case DataSize size -> size.toBytes();
      case Number number -> number.doubleValue();
      default -> 0;
    };
  }

  /** A limit in the unit of the type. */
  static String limit(Class<?> type, double limit) {
    String number = limit == Math.rint(limit) ? String.valueOf((long) limit) : "" + limit;
    return switch (type.getSimpleName()) {
      case "Duration" -> number + "ms";
      case "DataSize" -> number + "B";
      default -> number;
    };
  }
}
