package io.expressgateway.filter;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** An exchange without an engine: keeps what a filter asks for, for the test to look at. */
final class FakeFilterExchange implements FilterExchange {

  final RequestHead request = new RequestHead(new HeaderBlock());
  final ResponseHead response = new ResponseHead(new HeaderBlock());
  final Map<String, String> variables = new HashMap<>();
  final BlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();
  private final Map<Object, Object> attributes = new HashMap<>();
  boolean responseBegun;
  LocalResponse answer;
  String why;
  boolean suspended;
  int resumed;
  boolean preserveHost;
  URI upstreamUri;
  RetryPolicy retryPolicy;
  long maxRequestBody = -1;

  /** A GET of a target such as {@code /a?b=c} at example.org. */
  static FakeFilterExchange get(String target) {
    FakeFilterExchange exchange = new FakeFilterExchange();
    int question = target.indexOf('?');
    exchange.request.reset(
        "GET",
        "http",
        "example.org",
        question < 0 ? target : target.substring(0, question),
        question < 0 ? null : target.substring(question + 1),
        HttpVersion.HTTP_1_1);
    return exchange;
  }

  /** An exchange whose endpoint has answered 200 with these names and values. */
  static FakeFilterExchange answered(String... fields) {
    FakeFilterExchange exchange = get("/");
    for (int i = 0; i < fields.length; i += 2) {
      exchange.response.headers().add(fields[i], fields[i + 1]);
    }
    return exchange;
  }

  FakeFilterExchange with(String name, String value) {
    request.headers().add(name, value);
    return this;
  }

  FakeFilterExchange variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  /** Runs both head hooks, as if the endpoint had answered. */
  FakeFilterExchange through(HttpFilter... filters) {
    for (HttpFilter filter : filters) {
      filter.onRequestHead(this);
    }
    if (answer == null) {
      responseBegun = true;
      for (int i = filters.length - 1; i >= 0; i--) {
        filters[i].onResponseHead(this);
      }
    }
    return this;
  }

  @Override
  public RequestHead request() {
    return request;
  }

  @Override
  public ResponseHead response() {
    if (!responseBegun) {
      throw new IllegalStateException("the response has not begun");
    }
    return response;
  }

  @Override
  public String routeId() {
    return "route";
  }

  @Override
  public Map<String, Object> routeMetadata() {
    return Map.of();
  }

  @Override
  public Map<String, String> variables() {
    return variables;
  }

  @Override
  public InetSocketAddress clientAddress() {
    return new InetSocketAddress("192.0.2.1", 4711);
  }

  @Override
  public long requestBytes() {
    return 0;
  }

  @Override
  public Object attribute(Object key) {
    return attributes.get(key);
  }

  @Override
  public void attribute(Object key, Object value) {
    attributes.put(key, value);
  }

  @Override
  public void respond(LocalResponse response, String why) {
    this.answer = response;
    this.why = why;
  }

  @Override
  public void suspend() {
    suspended = true;
  }

  @Override
  public void resume() {
    suspended = false;
    resumed++;
  }

  @Override
  public void execute(Runnable task) {
    loop.add(task);
  }

  @Override
  public void preserveHost(boolean preserve) {
    preserveHost = preserve;
  }

  @Override
  public void upstreamUri(URI uri) {
    upstreamUri = uri;
  }

  @Override
  public void retryPolicy(RetryPolicy policy) {
    retryPolicy = policy;
  }

  @Override
  public void maxRequestBody(long bytes) {
    maxRequestBody = bytes;
  }
}
