package io.expressgateway.metrics;

import io.expressgateway.http.ExchangeRecord;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.expressgateway.route.Route;
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
      parts.add((exchange, line) -> line.raw(bytes));
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
      case 'h' -> (exchange, line) -> AccessLogFormat.client(exchange.client(), line);
      case 't' -> time();
      case 'r' -> PatternFormat::requestLine;
      case 'm' -> text(AccessLogFormat::method);
      case 'U' -> text(exchange -> cut(exchange.originalTarget(), true));
      case 'q' -> (exchange, line) -> line.quoted(cut(exchange.originalTarget(), false));
      case 'H' -> text(exchange -> exchange.protocol().text());
      case 'v' -> text(ExchangeRecord::originalHost);
      case 's' -> (exchange, line) -> line.number(exchange.status());
      case 'b' -> PatternFormat::bytesOrDash;
      case 'B' -> (exchange, line) -> line.number(exchange.bytesOut());
      case 'I' -> (exchange, line) -> line.number(exchange.bytesIn());
      case 'D' -> (exchange, line) -> line.number(nanos(exchange) / 1_000);
      case 'T' -> (exchange, line) -> line.number(nanos(exchange) / 1_000_000_000);
      default -> null;
    };
  }

  private static @org.jspecify.annotations.Nullable AccessLogFormat named(
      char letter, String name) {
    return switch (letter) {
      case 'i' -> text(exchange -> requestHeader(exchange, name));
      case 'o' -> text(exchange -> responseHeader(exchange, name));
      case 'g' -> field(name);
      default -> null;
    };
  }

  private static @org.jspecify.annotations.Nullable AccessLogFormat field(String name) {
    return switch (name) {
      case "listener" -> text(ExchangeRecord::listener);
      case "route" -> text(PatternFormat::routeId);
      case "cluster" -> text(ExchangeRecord::cluster);
      case "endpoint" -> text(ExchangeRecord::endpoint);
      case "attempts" -> (exchange, line) -> line.number(exchange.attempts());
      case "why" -> text(ExchangeRecord::why);
      case "traceId" -> text(ExchangeRecord::traceId);
      default -> null;
    };
  }

  private static AccessLogFormat text(Function<ExchangeRecord, String> field) {
    return (exchange, line) -> {
      String value = field.apply(exchange);
      line.quoted(value.isEmpty() ? "-" : value);
    };
  }

  private static AccessLogFormat time() {
    LogClock clock = new LogClock(false);
    return (exchange, line) -> clock.write(line, System.currentTimeMillis());
  }

  private static void requestLine(ExchangeRecord exchange, Line line) {
    line.quoted(AccessLogFormat.method(exchange));
    line.raw(' ');
    line.quoted(exchange.originalTarget());
    line.raw(' ');
    line.ascii(exchange.protocol().text());
  }

  private static void bytesOrDash(ExchangeRecord exchange, Line line) {
    if (exchange.bytesOut() == 0) {
      line.raw('-');
    } else {
      line.number(exchange.bytesOut());
    }
  }

  private static String cut(String target, boolean path) {
    int question = target.indexOf('?');
    if (question < 0) {
      return path ? target : "";
    }
    return path ? target.substring(0, question) : target.substring(question);
  }

  private static String requestHeader(ExchangeRecord exchange, String name) {
    RequestHead head = exchange.request();
    String value = head == null ? null : head.headers().get(name);
    return value == null ? "" : value;
  }

  private static String responseHeader(ExchangeRecord exchange, String name) {
    ResponseHead head = exchange.response();
    String value = head == null ? null : head.headers().get(name);
    return value == null ? "" : value;
  }

  private static String routeId(ExchangeRecord exchange) {
    Route route = exchange.route();
    return route == null ? "" : route.id();
  }

  private static long nanos(ExchangeRecord exchange) {
    return exchange.endNanos() - exchange.startNanos();
  }

  @Override
  public void write(ExchangeRecord exchange, Line line) {
    for (AccessLogFormat part : parts) {
      part.write(exchange, line);
    }
  }
}
