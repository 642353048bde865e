package io.expressgateway.http.proxy;

import io.expressgateway.http.ExchangeRecord;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.expressgateway.route.Route;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** An exchange as metrics and access log see it at its end. Valid only while they look. */
final class FinishedExchange implements ExchangeRecord {

  private final Exchange exchange;
  private final long endNanos;
  private final boolean complete;

  FinishedExchange(Exchange exchange, long endNanos, boolean complete) {
    this.exchange = exchange;
    this.endNanos = endNanos;
    this.complete = complete;
  }

  @Override
  public int loop() {
    return exchange.worker.index();
  }

  @Override
  public String listener() {
    return exchange.listener();
  }

  @Override
  public int listenerIndex() {
    return exchange.peer.listener().index();
  }

  @Override
  public HttpVersion protocol() {
    return exchange.head.version();
  }

  @Override
  public InetSocketAddress client() {
    return exchange.clientAddress();
  }

  @Override
  public @Nullable RequestHead request() {
    return originalTarget().isEmpty() ? null : exchange.head;
  }

  @Override
  public String originalTarget() {
    return exchange.originalTarget();
  }

  @Override
  public String originalHost() {
    return exchange.originalAuthority();
  }

  @Override
  public @Nullable ResponseHead response() {
    return exchange.response;
  }

  @Override
  public int status() {
    return exchange.response == null || !exchange.isResponseStarted()
        ? 0
        : exchange.response.status();
  }

  @Override
  public @Nullable Route route() {
    return exchange.match == null ? null : exchange.match.route();
  }

  @Override
  public int routePosition() {
    return exchange.match == null ? -1 : exchange.match.position();
  }

  @Override
  public String cluster() {
    return exchange.tries.cluster == null ? "" : exchange.tries.cluster.spec().name();
  }

  @Override
  public String endpoint() {
    return exchange.tries.endpoint == null ? "" : exchange.tries.endpoint.label();
  }

  @Override
  public int attempts() {
    return exchange.tries.count;
  }

  @Override
  public String why() {
    return exchange.why;
  }

  @Override
  public long bytesIn() {
    return exchange.bytesIn();
  }

  @Override
  public long bytesOut() {
    return exchange.bytesOut;
  }

  @Override
  public long startNanos() {
    return exchange.startNanos;
  }

  @Override
  public long endNanos() {
    return endNanos;
  }

  @Override
  public long upstreamStartNanos() {
    return exchange.tries.startNanos;
  }

  @Override
  public long upstreamHeadNanos() {
    return exchange.tries.headNanos;
  }

  @Override
  public String traceId() {
    // traceparent: version "-" trace-id "-" parent-id "-" flags; the id is 32 digits from 3 on.
    String parent = exchange.head.headers().get(HeaderName.TRACEPARENT);
    return parent != null && parent.length() >= 35 ? parent.substring(3, 35) : "";
  }

  @Override
  public boolean isComplete() {
    return complete;
  }
}
