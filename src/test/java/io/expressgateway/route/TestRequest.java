package io.expressgateway.route;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;

/** A request as a predicate sees it, written in one line. */
final class TestRequest implements RouteRequest {

  private final RequestHead head = new RequestHead(new HeaderBlock());
  private InetSocketAddress remote = peer("192.0.2.1");
  private String listener = "web";
  private Instant now = Instant.EPOCH;
  private long random;

  static TestRequest get(String target) {
    return of("GET", "example.org", target);
  }

  static TestRequest of(String method, String authority, String target) {
    TestRequest request = new TestRequest();
    int mark = target.indexOf('?');
    request.head.reset(
        method,
        "http",
        authority,
        mark < 0 ? target : target.substring(0, mark),
        mark < 0 ? null : target.substring(mark + 1),
        HttpVersion.HTTP_1_1);
    return request;
  }

  static InetSocketAddress peer(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), 40000);
  }

  TestRequest header(String name, String value) {
    head.headers().add(name, value);
    return this;
  }

  TestRequest from(String address) {
    remote = peer(address);
    return this;
  }

  TestRequest on(String name) {
    listener = name;
    return this;
  }

  TestRequest at(Instant instant) {
    now = instant;
    return this;
  }

  TestRequest random(long bits) {
    random = bits;
    return this;
  }

  @Override
  public RequestHead head() {
    return head;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public String listener() {
    return listener;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public long random() {
    return random;
  }
}
