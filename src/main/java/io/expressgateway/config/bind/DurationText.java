package io.expressgateway.config.bind;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;

/** Durations as configuration has them. */
public final class DurationText {

  /** A hundred years: deadlines are sums of nanoseconds in 64 bits. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private DurationText() {}

  /**
   * The duration that the text stands for in Spring's notation; a bare number counts milliseconds.
   *
   * @throws IllegalArgumentException when it stands for none, or for more than a hundred years
   */
  public static Duration parse(String text) {
    Duration duration = DurationStyle.detectAndParse(text);
    if (duration.abs().compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("more than a hundred years");
    }
    return duration;
  }
}
