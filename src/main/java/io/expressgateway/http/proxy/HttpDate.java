package io.expressgateway.http.proxy;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The Date header of this second (RFC 9110 section 6.6.1). Confined to one event loop; {@link
 * #tick} renews it, reading costs nothing.
 */
public final class HttpDate {

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

  private long second = Long.MIN_VALUE;
  private String text = "";
  private byte[] line = new byte[0];

  /** Stands at the current second. */
  public HttpDate() {
    tick();
  }

  /** Renews the text when the second has changed. */
  public void tick() {
    long now = System.currentTimeMillis() / 1000;
    if (now != second) {
      second = now;
      text =
          FORMAT.format(
              ZonedDateTime.ofInstant(java.time.Instant.ofEpochSecond(now), ZoneOffset.UTC));
      line = ("Date: " + text + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  /** {@code Mon, 23 Nov 2026 19:00:00 GMT}. */
  public String text() {
    return text;
  }

  /** The whole header line with its end; not to be written to. */
  public byte[] line() {
    return line;
  }
}
