package io.expressgateway.metrics;

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
  public void write(LogEntry entry, Line line) {
    line.raw(TIME);
    clock.write(line, System.currentTimeMillis());
    line.raw(LISTENER);
    line.json(entry.listener());
    line.raw(PROTOCOL);
    line.ascii(entry.protocol());
    line.raw(CLIENT);
    AccessLogFormat.client(entry.client(), line);
    line.raw(METHOD);
    line.json(entry.method());
    line.raw(HOST);
    line.json(entry.host());
    line.raw(PATH);
    line.json(entry.target());
    line.raw(STATUS);
    line.number(entry.status());
    line.raw(BYTES_IN);
    line.number(entry.bytesIn());
    line.raw(BYTES_OUT);
    line.number(entry.bytesOut());
    line.raw(DURATION);
    line.millis(entry.nanos());
    line.raw(ROUTE);
    line.json(entry.route());
    line.raw(CLUSTER);
    line.json(entry.cluster());
    line.raw(ENDPOINT);
    line.json(entry.endpoint());
    line.raw(ATTEMPTS);
    line.number(entry.attempts());
    line.raw(WHY);
    line.json(entry.why());
    line.raw(TRACE);
    line.json(entry.traceId());
    line.raw(END);
  }
}
