package io.expressgateway.metrics;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A line by a pattern in the manner of Apache's {@code LogFormat}, with these directives: {@code
 * %h} client, {@code %t} time, {@code %r} request line, {@code %m} method, {@code %U} path, {@code
 * %q} query with its question mark, {@code %H} protocol, {@code %v} host, {@code %s} status, {@code
 * %b} body bytes sent or {@code -}, {@code %B} the same or 0, {@code %I} bytes received, {@code %D}
 * microseconds, {@code %T} seconds, {@code %{Name}i} request header, {@code %{Name}o} response
 * header, {@code %{field}g} one of listener, route, cluster, endpoint, attempts, why, traceId,
 * {@code %%} a percent sign. What is absent is {@code -}.
 */
final class PatternFormat implements AccessLogFormat {

  private final List<AccessLogFormat> parts;

  private PatternFormat(List<AccessLogFormat> parts) {
    this.parts = List.copyOf(parts);
  }

  static PatternFormat parse(String pattern) {
    if (pattern.indexOf('%') < 0) {
      throw new IllegalArgumentException(
          "'" + pattern + "' is no access log format: off, json, combined, or a pattern with %");
    }
    List<AccessLogFormat> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < pattern.length()) {
      char c = pattern.charAt(at++);
      if (c != '%') {
        literal.append(c);
      } else if (at < pattern.length() && pattern.charAt(at) == '%') {
        literal.append('%');
        at++;
      } else {
        flush(literal, parts);
        at = directive(pattern, at, parts);
      }
    }
    flush(literal, parts);
    return new PatternFormat(parts);
  }

  private static void flush(StringBuilder literal, List<AccessLogFormat> parts) {
    if (!literal.isEmpty()) {
      byte[] bytes = literal.toString().getBytes(StandardCharsets.UTF_8);
      parts.add((entry, line) -> line.raw(bytes));
      literal.setLength(0);
    }
  }

  /** Adds the directive behind a percent sign; the place behind it. */
  private static int directive(String pattern, int from, List<AccessLogFormat> parts) {
    int at = from;
    String name = "";
    if (at < pattern.length() && pattern.charAt(at) == '{') {
      int close = pattern.indexOf('}', at);
      if (close < 0) {
        throw wrong(pattern, from, "has no closing brace");
      }
      name = pattern.substring(at + 1, close);
      at = close + 1;
    }
    if (at >= pattern.length()) {
      throw wrong(pattern, from, "ends too early");
    }
    char letter = pattern.charAt(at);
    AccessLogFormat part = name.isEmpty() ? plain(letter) : named(letter, name);
    if (part == null) {
      throw wrong(pattern, from, "is not known");
    }
    parts.add(part);
    return at + 1;
  }

  private static IllegalArgumentException wrong(String pattern, int at, String what) {
    return new IllegalArgumentException(
        "the directive at " + (at - 1) + " of '" + pattern + "' " + what);
  }

  private static @org.jspecify.annotations.Nullable AccessLogFormat plain(char letter) {
    return switch (letter) {
      case 'h' -> (entry, line) -> AccessLogFormat.client(entry.client(), line);
      case 't' -> time();
      case 'r' -> PatternFormat::requestLine;
      case 'm' -> text(LogEntry::method);
      case 'U' -> text(entry -> cut(entry.target(), true));
      case 'q' -> (entry, line) -> line.quoted(cut(entry.target(), false));
      case 'H' -> text(LogEntry::protocol);
      case 'v' -> text(LogEntry::host);
      case 's' -> (entry, line) -> line.number(entry.status());
      case 'b' -> PatternFormat::bytesOrDash;
      case 'B' -> (entry, line) -> line.number(entry.bytesOut());
      case 'I' -> (entry, line) -> line.number(entry.bytesIn());
      case 'D' -> (entry, line) -> line.number(entry.nanos() / 1_000);
      case 'T' -> (entry, line) -> line.number(entry.nanos() / 1_000_000_000);
      default -> null;
    };
  }

  private static @org.jspecify.annotations.Nullable AccessLogFormat named(
      char letter, String name) {
    return switch (letter) {
      case 'i' -> text(entry -> entry.requestHeader(name));
      case 'o' -> text(entry -> entry.responseHeader(name));
      case 'g' -> field(name);
      default -> null;
    };
  }

  private static @org.jspecify.annotations.Nullable AccessLogFormat field(String name) {
    return switch (name) {
      case "listener" -> text(LogEntry::listener);
      case "route" -> text(LogEntry::route);
      case "cluster" -> text(LogEntry::cluster);
      case "endpoint" -> text(LogEntry::endpoint);
      case "attempts" -> (entry, line) -> line.number(entry.attempts());
      case "why" -> text(LogEntry::why);
      case "traceId" -> text(LogEntry::traceId);
      default -> null;
    };
  }

  private static AccessLogFormat text(Function<LogEntry, String> field) {
    return (entry, line) -> {
      String value = field.apply(entry);
      line.quoted(value.isEmpty() ? "-" : value);
    };
  }

  private static AccessLogFormat time() {
    LogClock clock = new LogClock(false);
    return (entry, line) -> clock.write(line, System.currentTimeMillis());
  }

  private static void requestLine(LogEntry entry, Line line) {
    line.quoted(entry.method());
    line.raw(' ');
    line.quoted(entry.target());
    line.raw(' ');
    line.ascii(entry.protocol());
  }

  private static void bytesOrDash(LogEntry entry, Line line) {
    if (entry.bytesOut() == 0) {
      line.raw('-');
    } else {
      line.number(entry.bytesOut());
    }
  }

  private static String cut(String target, boolean path) {
    int question = target.indexOf('?');
    if (question < 0) {
      return path ? target : "";
    }
    return path ? target.substring(0, question) : target.substring(question);
  }

  @Override
  public void write(LogEntry entry, Line line) {
    for (AccessLogFormat part : parts) {
      part.write(entry, line);
    }
  }
}
