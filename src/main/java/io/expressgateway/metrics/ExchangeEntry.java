package io.expressgateway.metrics;

import io.expressgateway.http.ExchangeRecord;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.expressgateway.route.Route;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** An exchange as a line tells it. One per event loop, used again for each. */
final class ExchangeEntry implements LogEntry {

  private @Nullable ExchangeRecord current;

  /** Stands for this exchange from now on. */
  ExchangeEntry of(ExchangeRecord exchange) {
    current = exchange;
    return this;
  }

  private ExchangeRecord exchange() {
    ExchangeRecord known = current;
    if (known == null) {
      throw new IllegalStateException("an entry of nothing");
    }
    return known;
  }

  @Override
  public String listener() {
    return exchange().listener();
  }

  @Override
  public String protocol() {
    return exchange().protocol().text();
  }

  @Override
  public InetSocketAddress client() {
    return exchange().client();
  }

  @Override
  public String method() {
    RequestHead request = exchange().request();
    return request == null ? "-" : request.method();
  }

  @Override
  public String host() {
    return exchange().originalHost();
  }

  @Override
  public String target() {
    return exchange().originalTarget();
  }

  @Override
  public int status() {
    return exchange().status();
  }

  @Override
  public long bytesIn() {
    return exchange().bytesIn();
  }

  @Override
  public long bytesOut() {
    return exchange().bytesOut();
  }

  @Override
  public long nanos() {
    return exchange().endNanos() - exchange().startNanos();
  }

  @Override
  public String route() {
    Route route = exchange().route();
    return route == null ? "" : route.id();
  }

  @Override
  public String cluster() {
    return exchange().cluster();
  }

  @Override
  public String endpoint() {
    return exchange().endpoint();
  }

  @Override
  public int attempts() {
    return exchange().attempts();
  }

  @Override
  public String why() {
    return exchange().why();
  }

  @Override
  public String traceId() {
    return exchange().traceId();
  }

  @Override
  public String requestHeader(String name) {
    RequestHead head = exchange().request();
    String value = head == null ? null : head.headers().get(name);
    return value == null ? "" : value;
  }

  @Override
  public String responseHeader(String name) {
    ResponseHead head = exchange().response();
    String value = head == null ? null : head.headers().get(name);
    return value == null ? "" : value;
  }
}
