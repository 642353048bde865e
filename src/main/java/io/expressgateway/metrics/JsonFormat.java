package io.expressgateway.metrics;

import io.expressgateway.http.ExchangeRecord;
import io.expressgateway.route.Route;
import java.nio.charset.StandardCharsets;

/**
 * One JSON object a line. The fields and their order are part of the public contract: time listener
 * protocol client method host path status bytesIn bytesOut durationMs route cluster endpoint
 * attempts why traceId.
 */
final class JsonFormat implements AccessLogFormat {

  private static final byte[] TIME = key("{\"time\":\"");
  private static final byte[] LISTENER = key("\",\"listener\":\"");
  private static final byte[] PROTOCOL = key("\",\"protocol\":\"");
  private static final byte[] CLIENT = key("\",\"client\":\"");
  private static final byte[] METHOD = key("\",\"method\":\"");
  private static final byte[] HOST = key("\",\"host\":\"");
  private static final byte[] PATH = key("\",\"path\":\"");
  private static final byte[] STATUS = key("\",\"status\":");
  private static final byte[] BYTES_IN = key(",\"bytesIn\":");
  private static final byte[] BYTES_OUT = key(",\"bytesOut\":");
  private static final byte[] DURATION = key(",\"durationMs\":");
  private static final byte[] ROUTE = key(",\"route\":\"");
  private static final byte[] CLUSTER = key("\",\"cluster\":\"");
  private static final byte[] ENDPOINT = key("\",\"endpoint\":\"");
  private static final byte[] ATTEMPTS = key("\",\"attempts\":");
  private static final byte[] WHY = key(",\"why\":\"");
  private static final byte[] TRACE = key("\",\"traceId\":\"");
  private static final byte[] END = key("\"}");

  private final LogClock clock = new LogClock(true);

  private static byte[] key(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void write(ExchangeRecord exchange, Line line) {
    line.raw(TIME);
    clock.write(line, System.currentTimeMillis());
    line.raw(LISTENER);
    line.json(exchange.listener());
    line.raw(PROTOCOL);
    line.ascii(exchange.protocol().text());
    line.raw(CLIENT);
    AccessLogFormat.client(exchange.client(), line);
    line.raw(METHOD);
    line.json(AccessLogFormat.method(exchange));
    line.raw(HOST);
    line.json(exchange.originalHost());
    line.raw(PATH);
    line.json(exchange.originalTarget());
    line.raw(STATUS);
    line.number(exchange.status());
    line.raw(BYTES_IN);
    line.number(exchange.bytesIn());
    line.raw(BYTES_OUT);
    line.number(exchange.bytesOut());
    line.raw(DURATION);
    line.millis(exchange.endNanos() - exchange.startNanos());
    Route route = exchange.route();
    line.raw(ROUTE);
    line.json(route == null ? "" : route.id());
    line.raw(CLUSTER);
    line.json(exchange.cluster());
    line.raw(ENDPOINT);
    line.json(exchange.endpoint());
    line.raw(ATTEMPTS);
    line.number(exchange.attempts());
    line.raw(WHY);
    line.json(exchange.why());
    line.raw(TRACE);
    line.json(exchange.traceId());
    line.raw(END);
  }
}
