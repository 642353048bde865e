package io.expressgateway.config.spring;

import io.expressgateway.config.Problems;
import io.expressgateway.config.bind.DurationText;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.util.unit.DataSize;

/** Typed reading of single keys of Spring's, with a report instead of an exception. */
public final class SpringValues {

  private final WrittenKeys written;
  private final Problems problems;

  /** Reads {@code written}, reporting to {@code problems}. */
  public SpringValues(WrittenKeys written, Problems problems) {
    this.written = written;
    this.problems = problems;
  }

  /** The text of a key. */
  public Optional<String> text(String key) {
    return written.value(key);
  }

  /** Whether any key below the prefix is written. */
  public boolean hasAnyBelow(String prefix) {
    return written.hasAnyBelow(prefix);
  }

  /** The texts of a list, written with commas or one by one; empty when there is none. */
  public List<String> texts(String key) {
    String commas = written.value(key).orElse("");
    Stream<String> all =
        commas.isEmpty()
            ? written.below(key).stream()
                .sorted(Comparator.comparing(WrittenKeys.Entry::key))
                .map(WrittenKeys.Entry::value)
            : Arrays.stream(commas.split(","));
    return all.map(String::strip).filter(text -> !text.isEmpty()).toList();
  }

  /** As {@link #texts(String)}, of these words only; others are reported and left out. */
  public List<String> texts(String key, List<String> words) {
    List<String> all = texts(key);
    for (String text : all) {
      if (!words.contains(text)) {
        String known = String.join(", ", words);
        problems.refuse(key, text, "is not one of " + known, "write of these: " + known);
      }
    }
    return all.stream().filter(words::contains).toList();
  }

  /** True or false. */
  public boolean flag(String key, boolean otherwise) {
    return read(key, "true or false", SpringValues::parseFlag).orElse(otherwise);
  }

  private static Boolean parseFlag(String text) {
    return switch (text) {
      case "true", "on", "yes" -> true;
      case "false", "off", "no" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }

  /** One of these words, in any case. */
  public Optional<String> word(String key, List<String> words) {
    return read(
        key,
        "one of " + String.join(", ", words),
        text -> {
          String lower = text.toLowerCase(Locale.ROOT);
          if (!words.contains(lower)) {
            throw new IllegalArgumentException("another word");
          }
          return lower;
        });
  }

  /** A whole number within limits, both included. */
  public Optional<Integer> number(String key, int min, int max) {
    return read(
        key,
        "a whole number from " + min + " to " + max,
        text -> within(Integer.parseInt(text), min, max));
  }

  private static int within(int number, int min, int max) {
    if (number < min || number > max) {
      throw new IllegalArgumentException("out of range");
    }
    return number;
  }

  /** A duration of at least a millisecond; a bare number counts milliseconds. */
  public Optional<Duration> duration(String key) {
    return read(
        key,
        "a duration of at least 1ms",
        text -> {
          Duration duration = DurationText.parse(text);
          if (duration.toMillis() < 1) {
            throw new IllegalArgumentException("too short");
          }
          return duration;
        });
  }

  /** A size within limits in bytes, both included. */
  public Optional<DataSize> size(String key, int min, int max) {
    return read(
        key,
        "a size from " + min + "B to " + max + "B",
        text -> {
          DataSize size = DataSize.parse(text);
          within(Math.toIntExact(size.toBytes()), min, max);
          return size;
        });
  }

  private <T> Optional<T> read(String key, String kind, Function<String, T> parse) {
    Optional<String> text = written.value(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse.apply(text.get()));
    } catch (IllegalArgumentException | ArithmeticException malformed) {
      problems.refuse(key, text.get(), "is not " + kind, "write " + kind);
      return Optional.empty();
    }
  }
}
