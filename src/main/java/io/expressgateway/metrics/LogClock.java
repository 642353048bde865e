package io.expressgateway.metrics;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Wall-clock time as text, formatted once a second. Confined to one event loop. */
final class LogClock {

  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter APACHE =
      DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss '+0000'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final boolean isIso;
  private long second = Long.MIN_VALUE;
  private String text = "";

  LogClock(boolean isIso) {
    this.isIso = isIso;
  }

  /** {@code 2026-01-31T23:59:59.123Z}, or Apache's {@code 31/Jan/2026:23:59:59 +0000}. */
  void write(Line line, long epochMillis) {
    long now = Math.floorDiv(epochMillis, 1000L);
    if (now != second) {
      second = now;
      text = (isIso ? ISO : APACHE).format(Instant.ofEpochSecond(now));
    }
    line.ascii(text);
    if (isIso) {
      line.raw('.');
      line.digits((int) Math.floorMod(epochMillis, 1000L), 3);
      line.raw('Z');
    }
  }
}
