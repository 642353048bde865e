package io.expressgateway.http.grpc.health;

import io.expressgateway.http.grpc.GrpcProblem;
import io.expressgateway.http.grpc.GrpcStatus;
import io.expressgateway.http.proxy.Exchange;
import io.expressgateway.http.proxy.Upstream;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call to the health service, which is to its exchange what an endpoint's stream is to others.
 * {@code Watch} looks twice a second and tells what has changed, so that a flapping cluster cannot
 * make more of it. Confined to the exchange's event loop.
 */
final class HealthStream implements Upstream {

  /** A request longer than this asks for no name of ours. */
  private static final int MAX_REQUEST_BYTES = HealthMessages.PREFIX + 1024;

  /** The most services that {@code List} tells, as the service's definition has it. */
  private static final int MAX_LISTED = 100;

  private static final long LOOK_NANOS = 500_000_000L;

  private final HealthService service;
  private final Exchange exchange;
  private final ByteBuf request = Unpooled.buffer(64, MAX_REQUEST_BYTES);
  private final Watch watch = new Watch();
  private String method = "";
  private boolean tooLong;
  private boolean reading = true;
  private boolean gone;

  HealthStream(HealthService service, Exchange exchange) {
    this.service = service;
    this.exchange = exchange;
  }

  // ---------------------------------------------------------------- the request

  @Override
  public void sendHead(RequestHead head, String host, boolean bodiless) {
    method = HealthService.method(head);
  }

  @Override
  public void sendData(ByteBuf data) {
    try {
      if (data.readableBytes() > request.maxWritableBytes()) {
        tooLong = true;
      } else {
        request.writeBytes(data);
      }
    } finally {
      data.release();
    }
  }

  @Override
  public void sendEnd(@Nullable HeaderBlock trailers) {
    // Not within the exchange's own call: what follows may end it.
    exchange.execute(this::answer);
  }

  private void answer() {
    if (gone) {
      return;
    }
    switch (method) {
      case "Check" -> check();
      case "Watch" -> watch();
      case "List" -> list();
      default -> fail(GrpcStatus.UNIMPLEMENTED, "no such method");
    }
    exchange.flushDownstream();
  }

  /** The service asked for; null when the call has been failed. */
  private @Nullable String asked() {
    boolean isOneMessage =
        !tooLong
            && request.readableBytes() >= HealthMessages.PREFIX
            && request.getInt(1) == request.readableBytes() - HealthMessages.PREFIX;
    if (tooLong) {
      fail(GrpcStatus.RESOURCE_EXHAUSTED, "the request is too long");
      return null;
    }
    if (isOneMessage && request.getByte(0) != 0) {
      fail(GrpcStatus.UNIMPLEMENTED, "compressed requests are not read");
      return null;
    }
    String asked =
        isOneMessage
            ? HealthMessages.service(
                request.slice(
                    HealthMessages.PREFIX, request.readableBytes() - HealthMessages.PREFIX))
            : null;
    if (asked == null) {
      fail(GrpcStatus.INTERNAL, "the request is no HealthCheckRequest");
    }
    return asked;
  }

  // ---------------------------------------------------------------- the response

  private void check() {
    String asked = asked();
    if (asked == null) {
      return;
    }
    ServingStatus status = service.status(asked);
    if (status == null) {
      fail(GrpcStatus.NOT_FOUND, "unknown service");
    } else {
      head();
      message(HealthMessages.response(status));
      end(GrpcStatus.OK, "");
    }
  }

  private void list() {
    Map<String, ServingStatus> statuses = service.all();
    if (statuses.size() > MAX_LISTED) {
      fail(GrpcStatus.RESOURCE_EXHAUSTED, "more than " + MAX_LISTED + " services");
    } else {
      head();
      message(HealthMessages.list(statuses));
      end(GrpcStatus.OK, "");
    }
  }

  private void watch() {
    String asked = asked();
    if (asked != null) {
      head();
      watch.service = asked;
      watch.look();
    }
  }

  /** The same service looked at again and again, until the client or the gateway leaves. */
  private final class Watch extends TimerWheel.Task {
    private String service = "";
    private @Nullable ServingStatus told;

    void look() {
      HealthService from = HealthStream.this.service;
      ServingStatus found = from.status(service);
      ServingStatus now = found == null ? ServingStatus.SERVICE_UNKNOWN : found;
      // A client that takes nothing gets the latest when it does.
      if (now != told && reading) {
        told = now;
        message(HealthMessages.response(now));
      }
      if (from.isDraining()) {
        end(GrpcStatus.UNAVAILABLE, "the gateway is draining");
      }
      if (!gone) {
        exchange.arm(this, System.nanoTime() + LOOK_NANOS);
      }
    }

    @Override
    protected void onDeadline(long nowNanos) {
      if (!gone) {
        look();
        exchange.flushDownstream();
      }
    }
  }

  private void head() {
    exchange.onResponseHead(grpcHead(), false);
  }

  private static ResponseHead grpcHead() {
    ResponseHead head = new ResponseHead(new HeaderBlock(256, 8));
    head.headers().add(HeaderName.CONTENT_TYPE, "application/grpc");
    head.reset(200, "", ResponseHead.UNKNOWN_LENGTH);
    return head;
  }

  private void message(ByteBuf framed) {
    exchange.onResponseData(framed);
  }

  private void end(int code, String message) {
    gone = true;
    exchange.onResponseEnd(GrpcProblem.trailers(code, message));
  }

  private void fail(int code, String message) {
    gone = true;
    ResponseHead head = grpcHead();
    head.headers().addAll(GrpcProblem.trailers(code, message));
    exchange.onResponseHead(head, true);
    exchange.onResponseEnd(null);
  }

  // ---------------------------------------------------------------- Upstream

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public void readBody(boolean wanted) {
    reading = wanted;
  }

  @Override
  public void flush() {}

  @Override
  public boolean isReused() {
    return false;
  }

  @Override
  public void release(boolean reusable) {
    letGo();
  }

  @Override
  public void cancel() {
    letGo();
  }

  private void letGo() {
    gone = true;
    exchange.disarm(watch);
    request.release();
  }
}
