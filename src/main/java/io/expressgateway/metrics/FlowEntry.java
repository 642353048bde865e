package io.expressgateway.metrics;

import io.expressgateway.stream.FlowRecord;
import java.net.InetSocketAddress;

/** A flow as a line tells it: what belongs to a request is empty. */
record FlowEntry(FlowRecord flow) implements LogEntry {

  @Override
  public String listener() {
    return flow.listener();
  }

  @Override
  public String protocol() {
    return flow.protocol().text();
  }

  @Override
  public InetSocketAddress client() {
    return flow.client();
  }

  @Override
  public String method() {
    return "-";
  }

  @Override
  public String host() {
    return flow.serverName();
  }

  @Override
  public String target() {
    return "";
  }

  @Override
  public int status() {
    return 0;
  }

  @Override
  public long bytesIn() {
    return flow.bytesIn();
  }

  @Override
  public long bytesOut() {
    return flow.bytesOut();
  }

  @Override
  public long nanos() {
    return flow.endNanos() - flow.startNanos();
  }

  @Override
  public String route() {
    return "";
  }

  @Override
  public String cluster() {
    return flow.cluster();
  }

  @Override
  public String endpoint() {
    return flow.endpoint();
  }

  @Override
  public int attempts() {
    return flow.attempts();
  }

  @Override
  public String why() {
    return flow.end().code();
  }

  @Override
  public String traceId() {
    return "";
  }

  @Override
  public String requestHeader(String name) {
    return "";
  }

  @Override
  public String responseHeader(String name) {
    return "";
  }
}
