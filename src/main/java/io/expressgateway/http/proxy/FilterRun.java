package io.expressgateway.http.proxy;

import io.expressgateway.filter.FilterExchange;
import io.expressgateway.filter.HttpFilter;
import io.expressgateway.filter.LocalResponse;
import io.expressgateway.filter.RetryPolicy;
import io.expressgateway.http.Why;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The filters of one exchange: runs their hooks, request hooks forwards and response hooks
 * backwards, and remembers where one of them suspended the exchange. Also the exchange as filters
 * see it. Made only for routes that have filters; confined to the exchange's event loop.
 *
 * <p>A hook ends in one of four ways: the next filter follows; the exchange is over or answered
 * locally; it waits for {@link #resume}; or the filter threw and the exchange has been ended.
 */
final class FilterRun implements FilterExchange {

  private enum Place {
    NOWHERE,
    /** The hook that asked is still running. */
    HOOK,
    REQUEST_HEAD,
    REQUEST_DATA,
    REQUEST_TRAILERS,
    RESPONSE_HEAD,
    RESPONSE_DATA,
    RESPONSE_TRAILERS
  }

  private final Exchange exchange;
  private final HttpFilter[] filters;
  private int begun;
  private boolean runsResponseHead;
  private boolean responseBegun;
  // Where the response head goes on: filters above have seen a response already.
  private int nextResponseHead;
  // Where the response's end goes on, and the last filter that was asked for its last data.
  private int nextTrailers;
  private int lastDataAsked;
  private Place suspended = Place.NOWHERE;
  private int suspendedFilter;
  private @Nullable ByteBuf suspendedData;
  private @Nullable IdentityHashMap<Object, Object> attributes;

  FilterRun(Exchange exchange, HttpFilter[] filters) {
    this.exchange = exchange;
    this.filters = filters;
    this.nextTrailers = filters.length - 1;
    this.lastDataAsked = filters.length;
  }

  boolean isSuspended() {
    return suspended != Place.NOWHERE;
  }

  /** The last filter whose request head hook ran, where response hooks begin. */
  int lastBegun() {
    return begun - 1;
  }

  /** The last filter of the route. */
  int last() {
    return filters.length - 1;
  }

  /** The filter with which the response's end begins or goes on. */
  int nextTrailers() {
    return nextTrailers;
  }

  // ---------------------------------------------------------------- hooks

  /** Runs the request head hooks from filter {@code from} on; whether all of them passed. */
  boolean requestHead(int from) {
    for (int i = from; i < filters.length; i++) {
      begun = i + 1;
      try {
        filters[i].onRequestHead(this);
      } catch (Throwable t) {
        exchange.contain(t, Why.FILTER_ERROR);
        return false;
      }
      if (exchange.isAnswered()) {
        return false;
      }
      if (isSuspended()) {
        park(Place.REQUEST_HEAD, i);
        return false;
      }
    }
    return true;
  }

  /** Runs the request data hooks; what is to be sent, or null when nothing may be sent now. */
  @Nullable ByteBuf requestData(ByteBuf data, int from) {
    return data(data, from, 1);
  }

  /** Runs the request trailer hooks from filter {@code from} on; whether all of them passed. */
  boolean requestTrailers(HeaderBlock trailers, int from) {
    return trailers(trailers, from, 1);
  }

  /** Runs the response head hooks from filter {@code from} down; whether all of them passed. */
  boolean responseHead(int from) {
    responseBegun = true;
    for (int i = from; i >= 0; i--) {
      nextResponseHead = i - 1;
      runsResponseHead = true;
      try {
        filters[i].onResponseHead(this);
      } catch (Throwable t) {
        runsResponseHead = false;
        exchange.contain(t, Why.FILTER_ERROR);
        return false;
      }
      runsResponseHead = false;
      if (exchange.isDone() || exchange.isResponseStarted()) {
        return false;
      }
      if (isSuspended()) {
        park(Place.RESPONSE_HEAD, i);
        return false;
      }
    }
    return true;
  }

  /**
   * Shows a local answer to the filters that ran and have not seen a response yet. It goes out now,
   * whatever they do.
   */
  void localResponseHead() {
    suspended = Place.NOWHERE;
    for (int i = responseBegun ? nextResponseHead : lastBegun(); i >= 0; i--) {
      runsResponseHead = true;
      try {
        filters[i].onResponseHead(this);
      } catch (Throwable t) {
        exchange.worker.metrics().onContainedException(exchange.worker.index(), t);
      } finally {
        runsResponseHead = false;
      }
    }
    suspended = Place.NOWHERE;
  }

  /** Runs the response data hooks; what is to be sent, or null when nothing may be sent now. */
  @Nullable ByteBuf responseData(ByteBuf data, int from) {
    return data(data, from, -1);
  }

  /** Runs the response trailer hooks from filter {@code from} down; whether all of them passed. */
  boolean responseTrailers(HeaderBlock trailers, int from) {
    return trailers(trailers, from, -1);
  }

  /** Runs data hooks; {@code step} is 1 for those of the request and -1 for the response's. */
  private @Nullable ByteBuf data(ByteBuf data, int from, int step) {
    ByteBuf piece = data;
    for (int i = from; i >= 0 && i < filters.length; i += step) {
      HttpFilter filter = filters[i];
      if (filter.isHeadOnly()) {
        continue;
      }
      try {
        piece = step > 0 ? filter.onRequestData(this, piece) : filter.onResponseData(this, piece);
      } catch (Throwable t) {
        // Ownership went to the filter; what it did before it threw is its own affair.
        exchange.contain(t, Why.FILTER_ERROR);
        return null;
      }
      if (exchange.isAnswered()) {
        piece.release();
        return null;
      }
      if (isSuspended()) {
        suspendedData = piece;
        park(step > 0 ? Place.REQUEST_DATA : Place.RESPONSE_DATA, i);
        return null;
      }
    }
    return piece;
  }

  /** Runs trailer hooks; {@code step} is 1 for those of the request and -1 for the response's. */
  private boolean trailers(HeaderBlock trailers, int from, int step) {
    for (int i = from; i >= 0 && i < filters.length; i += step) {
      HttpFilter filter = filters[i];
      if (filter.isHeadOnly()) {
        continue;
      }
      try {
        if (step > 0) {
          filter.onRequestTrailers(this, trailers);
        } else if (lastResponseData(filter, trailers, i)) {
          filter.onResponseTrailers(this, trailers);
        } else {
          return false;
        }
      } catch (Throwable t) {
        exchange.contain(t, Why.FILTER_ERROR);
        return false;
      }
      if (exchange.isAnswered()) {
        return false;
      }
      if (isSuspended()) {
        park(step > 0 ? Place.REQUEST_TRAILERS : Place.RESPONSE_TRAILERS, i);
        return false;
      }
    }
    return true;
  }

  /** Sends what a filter adds to the body; false when the response's end has to wait for it. */
  private boolean lastResponseData(HttpFilter filter, HeaderBlock trailers, int i) {
    if (i >= lastDataAsked) {
      return true;
    }
    lastDataAsked = i;
    ByteBuf last = filter.lastResponseData(this, trailers);
    if (!last.isReadable()) {
      last.release();
      return true;
    }
    ByteBuf piece = data(last, i - 1, -1);
    if (piece != null) {
      exchange.sendResponseData(piece);
      return true;
    }
    if (isSuspended()) {
      nextTrailers = i;
      exchange.holdResponseEnd();
    }
    return false;
  }

  /** Tells every filter whose request head hook ran that the exchange is over. */
  void end() {
    takeData().release();
    for (int i = 0; i < begun; i++) {
      try {
        filters[i].onEnd(this);
      } catch (Throwable t) {
        exchange.worker.metrics().onContainedException(exchange.worker.index(), t);
      }
    }
  }

  // ---------------------------------------------------------------- suspend and resume

  @Override
  public void suspend() {
    if (!isSuspended()) {
      // The running hook's loop turns this into the place where it goes on.
      suspended = Place.HOOK;
    }
  }

  private void park(Place where, int filter) {
    suspended = where;
    suspendedFilter = filter;
    exchange.onSuspended();
  }

  @Override
  public void resume() {
    if (exchange.isDone() || !isSuspended()) {
      return;
    }
    if (suspended == Place.HOOK) {
      suspended = Place.NOWHERE;
      return;
    }
    try {
      Place where = suspended;
      suspended = Place.NOWHERE;
      exchange.timers.waitForNothing();
      switch (where) {
        case NOWHERE, HOOK -> {}
        case REQUEST_HEAD -> exchange.filterRequestHead(suspendedFilter + 1);
        case REQUEST_DATA -> exchange.forwardRequestData(takeData(), suspendedFilter + 1);
        case REQUEST_TRAILERS -> exchange.forwardRequestEnd(suspendedFilter + 1);
        case RESPONSE_HEAD -> exchange.filterResponseHead(suspendedFilter - 1);
        case RESPONSE_DATA -> exchange.forwardResponseData(takeData(), suspendedFilter - 1);
        case RESPONSE_TRAILERS -> exchange.forwardResponseEnd(suspendedFilter - 1);
      }
      exchange.onResumed();
    } catch (Throwable t) {
      exchange.contain(t, Why.INTERNAL_ERROR);
    }
  }

  private ByteBuf takeData() {
    ByteBuf data = suspendedData;
    suspendedData = null;
    return data == null ? Unpooled.EMPTY_BUFFER : data;
  }

  @Override
  public void respond(LocalResponse answer, @Nullable String reason) {
    if (exchange.isAnswered() && runsResponseHead) {
      throw new IllegalStateException("the response has begun already");
    }
    exchange.respond(answer, reason);
  }

  // ---------------------------------------------------------------- what filters see

  @Override
  public RequestHead request() {
    return exchange.head;
  }

  @Override
  public ResponseHead response() {
    ResponseHead current = exchange.response;
    if (current == null) {
      throw new IllegalStateException("the response has not begun");
    }
    return current;
  }

  @Override
  public String routeId() {
    return exchange.match == null ? "" : exchange.match.route().id();
  }

  @Override
  public Map<String, Object> routeMetadata() {
    return exchange.match == null ? Map.of() : exchange.match.route().metadata();
  }

  @Override
  public Map<String, String> variables() {
    return exchange.match == null ? Map.of() : exchange.match.variables();
  }

  @Override
  public InetSocketAddress clientAddress() {
    return exchange.clientAddress();
  }

  @Override
  public long requestBytes() {
    return exchange.requestBytes();
  }

  @Override
  public @Nullable Object attribute(Object key) {
    return attributes == null ? null : attributes.get(key);
  }

  @Override
  public void attribute(Object key, Object value) {
    if (attributes == null) {
      attributes = new IdentityHashMap<>(4);
    }
    attributes.put(key, value);
  }

  @Override
  public void execute(Runnable task) {
    try {
      exchange.worker.eventLoop().execute(() -> run(task));
    } catch (RejectedExecutionException e) {
      // The loop has stopped, and every exchange with it.
    }
  }

  private void run(Runnable task) {
    if (exchange.isDone()) {
      return;
    }
    try {
      task.run();
    } catch (Throwable t) {
      exchange.contain(t, Why.FILTER_ERROR);
    }
  }

  @Override
  public void preserveHost(boolean preserve) {
    exchange.preserveHost(preserve);
  }

  @Override
  public void upstreamUri(URI uri) {
    exchange.upstreamUri(uri);
  }

  @Override
  public void retryPolicy(RetryPolicy policy) {
    exchange.tries.policy(policy);
  }

  @Override
  public void maxRequestBody(long bytes) {
    exchange.maxRequestBody(bytes);
  }
}
