package io.expressgateway.metrics;

import io.expressgateway.http.ExchangeRecord;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.expressgateway.route.Route;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A finished exchange whose facts a test sets. */
final class Exchanges implements ExchangeRecord {

  int loop;
  String listener = "web";
  InetSocketAddress client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);
  RequestHead request = new RequestHead(new HeaderBlock());
  ResponseHead response = new ResponseHead(new HeaderBlock());
  String target = "/orders?x=1";
  String host = "example.org";
  int status = 200;
  Route route = route("orders");
  String why = "";
  long nanos = 1_234_567;
  long bytesOut = 24;
  int routePosition;

  static Route route(String id) {
    return new Route(id, 0, "lb://" + id, id, List.of(), List.of(), Map.of(), Set.of());
  }

  @Override
  public int loop() {
    return loop;
  }

  @Override
  public String listener() {
    return listener;
  }

  @Override
  public int listenerIndex() {
    return 0;
  }

  @Override
  public HttpVersion protocol() {
    return HttpVersion.HTTP_1_1;
  }

  @Override
  public InetSocketAddress client() {
    return client;
  }

  @Override
  public RequestHead request() {
    return request;
  }

  @Override
  public String originalTarget() {
    return target;
  }

  @Override
  public String originalHost() {
    return host;
  }

  @Override
  public ResponseHead response() {
    return response;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public Route route() {
    return route;
  }

  @Override
  public int routePosition() {
    return routePosition;
  }

  @Override
  public String cluster() {
    return route == null ? "" : route.cluster();
  }

  @Override
  public String endpoint() {
    return "127.0.0.1:9001";
  }

  @Override
  public int attempts() {
    return 1;
  }

  @Override
  public String why() {
    return why;
  }

  @Override
  public long bytesIn() {
    return 120;
  }

  @Override
  public long bytesOut() {
    return bytesOut;
  }

  @Override
  public long startNanos() {
    return 5_000_000_000L;
  }

  @Override
  public long endNanos() {
    return startNanos() + nanos;
  }

  @Override
  public long upstreamStartNanos() {
    return 0;
  }

  @Override
  public long upstreamHeadNanos() {
    return 0;
  }

  @Override
  public String traceId() {
    return "4bf92f3577b34da6a3ce929d0e0e4736";
  }

  @Override
  public boolean isComplete() {
    return true;
  }
}
