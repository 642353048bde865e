package io.expressgateway.filter;

import io.expressgateway.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/**
 * A body filter for tests of an engine: uses every hook, keeps what it saw, and suspends at the
 * hooks it is told to, once per exchange and hook; a task on another thread resumes it through
 * {@link FilterExchange#execute}.
 *
 * <p>Request data is answered with another buffer (ASCII letters in upper case), response data with
 * the same one. Trailers get the number of body bytes: {@code x-request-bytes} and {@code
 * x-response-bytes}.
 */
public final class RecordingBodyFilter implements HttpFilter {

  /** The hooks, in the order of an exchange. */
  public enum Hook {
    /** onRequestHead. */
    REQUEST_HEAD,
    /** onRequestData. */
    REQUEST_DATA,
    /** onRequestTrailers. */
    REQUEST_TRAILERS,
    /** onResponseHead. */
    RESPONSE_HEAD,
    /** onResponseData. */
    RESPONSE_DATA,
    /** onResponseTrailers. */
    RESPONSE_TRAILERS,
    /** onEnd. */
    END
  }

  private static final class Seen {
    final Set<Hook> suspended = EnumSet.noneOf(Hook.class);
    long requestBytes;
    long responseBytes;
  }

  private final Executor elsewhere;
  private final Set<Hook> suspendAt;
  private final List<String> events = new CopyOnWriteArrayList<>();

  /** Suspends at these hooks; {@code elsewhere} runs tasks on a thread that is no event loop. */
  public RecordingBodyFilter(Executor elsewhere, Set<Hook> suspendAt) {
    this.elsewhere = elsewhere;
    this.suspendAt = suspendAt.isEmpty() ? Set.of() : EnumSet.copyOf(suspendAt);
  }

  /** The hooks that ran, and {@code resumed HOOK} for every resumption, in order. Any thread. */
  public List<String> events() {
    return List.copyOf(events);
  }

  @Override
  public boolean isHeadOnly() {
    return false;
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    exchange.attribute(this, new Seen());
    record(exchange, Hook.REQUEST_HEAD);
  }

  @Override
  public ByteBuf onRequestData(FilterExchange exchange, ByteBuf data) {
    seen(exchange).requestBytes += data.readableBytes();
    ByteBuf upper = data.alloc().buffer(data.readableBytes());
    try {
      data.forEachByte(b -> {
        upper.writeByte(b >= 'a' && b <= 'z' ? b - 32 : b);
        return true;
      });
    } finally {
      data.release();
    }
    record(exchange, Hook.REQUEST_DATA);
    return upper;
  }

  @Override
  public void onRequestTrailers(FilterExchange exchange, HeaderBlock trailers) {
    trailers.add("x-request-bytes", Long.toString(seen(exchange).requestBytes));
    record(exchange, Hook.REQUEST_TRAILERS);
  }

  @Override
  public void onResponseHead(FilterExchange exchange) {
    exchange.response().headers().add("x-recorded", exchange.routeId());
    record(exchange, Hook.RESPONSE_HEAD);
  }

  @Override
  public ByteBuf onResponseData(FilterExchange exchange, ByteBuf data) {
    seen(exchange).responseBytes += data.readableBytes();
    record(exchange, Hook.RESPONSE_DATA);
    return data;
  }

  @Override
  public void onResponseTrailers(FilterExchange exchange, HeaderBlock trailers) {
    trailers.add("x-response-bytes", Long.toString(seen(exchange).responseBytes));
    record(exchange, Hook.RESPONSE_TRAILERS);
  }

  @Override
  public void onEnd(FilterExchange exchange) {
    events.add(Hook.END.name());
  }

  private void record(FilterExchange exchange, Hook hook) {
    events.add(hook.name());
    if (!suspendAt.contains(hook) || !seen(exchange).suspended.add(hook)) {
      return;
    }
    exchange.suspend();
    elsewhere.execute(() ->
        exchange.execute(() -> {
          events.add("resumed " + hook.name());
          exchange.resume();
        }));
  }

  private Seen seen(FilterExchange exchange) {
    return (Seen) exchange.attribute(this);
  }
}
