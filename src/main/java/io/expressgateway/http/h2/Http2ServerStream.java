package io.expressgateway.http.h2;

import io.expressgateway.http.Why;
import io.expressgateway.http.proxy.Downstream;
import io.expressgateway.http.proxy.Exchange;
import io.expressgateway.http.proxy.HeldBytes;
import io.expressgateway.http.proxy.WriteStall;
import io.expressgateway.http.websocket.Handshake;
import io.expressgateway.limit.Rule;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.ResponseHead;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * One request of an HTTP/2 client and its response (RFC 9113 section 8.1). It outlives its exchange
 * until the client has taken the response. Confined to the connection's event loop.
 */
final class Http2ServerStream implements Downstream, RoomQueue.Waiter {

  /** How often a body's rate is looked at; as on HTTP/1.1. */
  private static final long RATE_WINDOW_NANOS = 5_000_000_000L;

  /** A quarter of the largest read. */
  private static final int COPIED_BYTES = 16 * 1024;

  private final Http2ServerConnection connection;
  private final HttpLimits limits;
  private final Http2Stream handle;
  private final WriteStall stall;
  private final Timer timer = new Timer();

  private @Nullable Exchange exchange;
  private boolean isMalformed;
  private Http2Error resetError = Http2Error.PROTOCOL_ERROR;
  private boolean isClosed;
  // CONNECT with :protocol (RFC 8441), and whether it is a tunnel already.
  private boolean isConnect;
  private boolean isTunnel;
  private @Nullable ByteBuf early;
  private boolean endSent;
  private boolean requestEnded;
  private boolean responseEnded;
  private boolean bodyWanted = true;
  private boolean awaitsRoom;
  private int unreturned;
  private long queuedBytes;
  private long bodyByteNanos;
  private long windowStartNanos;
  private long windowBytes;
  private boolean windowPaused;
  private long takenBefore;
  private long armedNanos = Long.MAX_VALUE;

  Http2ServerStream(Http2ServerConnection connection, HttpLimits limits, Http2Stream handle) {
    this.connection = connection;
    this.limits = limits;
    this.handle = handle;
    this.stall = new WriteStall(limits);
  }

  // ---------------------------------------------------------------- what the connection tells

  void begin(Exchange begun, boolean ended, long nowNanos) {
    exchange = begun;
    requestEnded = ended;
    if (!ended) {
      bodyByteNanos = nowNanos;
      windowStartNanos = nowNanos;
      arm(nowNanos + Math.min(RATE_WINDOW_NANOS, limits.bodyIdleTimeout().toNanos()));
    }
    begun.begin();
    if (ended) {
      begun.onRequestEnd(null);
    }
  }

  /** A WebSocket is asked for. What the client sends before it is open is held. */
  void beginConnect(Exchange begun) {
    exchange = begun;
    isConnect = true;
    begun.begin();
    begun.onRequestEnd(null);
  }

  /** Whether this is a CONNECT and not a request with a body. */
  boolean isConnect() {
    return isConnect;
  }

  /** The connection is asked to leave. */
  void onDrain() {
    Exchange current = exchange;
    if (current != null) {
      current.onDrain();
    }
  }

  /** Answers a request that may not be served. */
  void refuse(Exchange refused, Why why, boolean ended) {
    exchange = refused;
    requestEnded = ended;
    refused.refuse(why);
  }

  /** Ends a request that is no request (RFC 9113 section 8.1.1): nothing answers it. */
  void refuseMalformed(Exchange refused, Why why) {
    exchange = refused;
    isMalformed = true;
    refused.refuse(why);
  }

  /** The codec found a stream error behind the request's head. */
  void onMalformed(Why why, Http2Error error) {
    isMalformed = true;
    resetError = error;
    Exchange current = exchange;
    if (current != null) {
      current.onDownstreamFailure(why);
    }
  }

  /**
   * A piece of body; {@code data} stays the caller's.
   *
   * @param flowBytes what it took of the window, padding included
   */
  void onData(ByteBuf data, int flowBytes, boolean last) {
    bodyByteNanos = System.nanoTime();
    windowBytes += data.readableBytes();
    unreturned += flowBytes;
    requestEnded |= last;
    Exchange current = exchange;
    if (isConnect && !isTunnel && current != null) {
      holdEarly(data);
      return;
    }
    if (current != null && data.isReadable()) {
      current.onRequestData(data.retainedSlice());
    }
    returnWindow();
    connection.holds(flowBytes);
    current = exchange;
    if (last && current != null) {
      current.onRequestEnd(null);
    }
  }

  /** At most a window of it: nothing is returned before the tunnel is open. */
  private void holdEarly(ByteBuf data) {
    ByteBuf before = early;
    if (before == null) {
      before = data.alloc().buffer(data.readableBytes());
      early = before;
    }
    before.writeBytes(data, data.readerIndex(), data.readableBytes());
  }

  /** The body's end, with trailers. */
  void onTrailers(HeaderBlock trailers) {
    requestEnded = true;
    Exchange current = exchange;
    if (current != null) {
      current.onRequestEnd(trailers);
    }
  }

  @Override
  public void lookForRoom() {
    awaitsRoom = false;
    if (!isWritable()) {
      return;
    }
    if (!responseEnded) {
      stall.end();
    }
    Exchange current = exchange;
    if (current != null) {
      current.onDownstreamWritable();
    }
  }

  /** The stream is closed, by whomever. */
  void onClosed() {
    isClosed = true;
    connection.timers().cancel(timer);
    releaseEarly();
    Exchange current = exchange;
    if (current != null) {
      exchange = null;
      current.onDownstreamGone();
    }
  }

  private void releaseEarly() {
    ByteBuf held = early;
    if (held != null) {
      early = null;
      held.release();
    }
  }

  /** Whether the client's request is still being served. */
  boolean isServed() {
    return exchange != null;
  }

  /** Whether the whole response has been handed to the codec. */
  boolean isAnswered() {
    return responseEnded;
  }

  /** What is held for this stream: request that waits, response that nobody takes. */
  long heldBytes() {
    Exchange current = exchange;
    int kept = current == null ? 0 : current.keptBytes();
    return HeldBytes.STREAM_BYTES + unreturned + queuedBytes + kept;
  }

  /** Ends the exchange because all clients together hold too much, and this one most. */
  void onLetGo() {
    Exchange current = exchange;
    if (current != null) {
      current.onDownstreamFailure(Why.HELD_BYTES);
    }
  }

  void onShutdown() {
    Exchange current = exchange;
    if (current != null) {
      current.onShutdown();
    }
  }

  void flushUpstream() {
    Exchange current = exchange;
    if (current != null) {
      current.flushUpstream();
    }
  }

  // ---------------------------------------------------------------- what the exchange asks

  @Override
  public void sendInformational(ResponseHead head) {
    connection.writeHeaders(
        handle.id(), FieldBlock.response(head.status(), head.headers(), null), false);
  }

  @Override
  public void sendHead(ResponseHead head, boolean bodiless) {
    if (isConnect && head.status() >= 200 && head.status() < 300) {
      // An answer of a filter's. Success would say that the WebSocket is open.
      head.status(502);
    }
    HeaderBlock headers = head.headers();
    String date = headers.contains(HeaderName.DATE) ? null : connection.date();
    FieldBlock fields = FieldBlock.response(head.status(), headers, date);
    if (headers.contains(HeaderName.PRIORITY)) {
      connection.prioritize(handle, head);
    }
    responseEnded = bodiless;
    if (bodiless) {
      connection.writeHeaders(handle.id(), fields, true).addListener(sent -> onResponseSent());
    } else {
      connection.writeHeaders(handle.id(), fields, false);
    }
  }

  @Override
  public void sendUpgrade(ResponseHead head) {
    // RFC 8441 section 5: 200 in place of 101, and no Sec-WebSocket-Accept.
    head.status(200);
    head.headers().remove(Handshake.ACCEPT);
    connection.writeHeaders(handle.id(), FieldBlock.response(200, head.headers(), null), false);
    isTunnel = true;
    connection.onConnected(this);
    ByteBuf held = early;
    early = null;
    Exchange current = exchange;
    if (held != null && current != null) {
      current.onRequestData(held);
    } else if (held != null) {
      held.release();
    }
    if (requestEnded && exchange != null && current != null) {
      current.onRequestEnd(null);
    }
  }

  @Override
  public void sendData(ByteBuf data) {
    if (connection.fits(handle, data.readableBytes())) {
      connection.writeData(handle.id(), data, false);
    } else {
      hold(data);
    }
    if (!isWritable()) {
      stalled();
    }
  }

  /**
   * Queues what the client takes later; a small piece in a buffer of its own size, because a slice
   * would keep the whole buffer that it was read into.
   */
  private void hold(ByteBuf data) {
    int count = data.readableBytes();
    ByteBuf own = count < COPIED_BYTES ? connection.copy(data) : data;
    queuedBytes += count;
    connection.holds(count);
    connection
        .writeData(handle.id(), own, false)
        .addListener(done -> {
          queuedBytes -= count;
        });
  }

  @Override
  public void sendEnd(@Nullable HeaderBlock trailers) {
    if (responseEnded) {
      return;
    }
    responseEnded = true;
    if (trailers != null && trailers.size() > 0) {
      connection
          .writeHeaders(handle.id(), FieldBlock.trailers(trailers), true)
          .addListener(sent -> onResponseSent());
    } else {
      connection
          .writeData(handle.id(), Unpooled.EMPTY_BUFFER, true)
          .addListener(sent -> onResponseSent());
    }
    stalled();
  }

  /** The response is out: what the client still sends of its request is not wanted any more. */
  private void onResponseSent() {
    stall.end();
    endSent = true;
    if (!requestEnded && !isClosed && !(isTunnel && exchange != null)) {
      // RFC 9113 section 8.1: a complete response before the request's end.
      connection.reset(handle.id(), Http2Error.NO_ERROR);
    }
  }

  @Override
  public void abort() {
    exchange = null;
    if (!isClosed) {
      // RFC 9113 section 8.5: the other connection of a tunnel failed.
      Http2Error ours = isTunnel ? Http2Error.CONNECT_ERROR : Http2Error.INTERNAL_ERROR;
      Http2Error error = isMalformed ? resetError : ours;
      connection.reset(handle.id(), error);
    }
  }

  @Override
  public boolean isWritable() {
    if (isClosed) {
      return false;
    }
    boolean hasRoom = connection.hasRoom(handle);
    if (!hasRoom && !awaitsRoom) {
      awaitsRoom = true;
      connection.rooms().add(this);
    }
    return hasRoom;
  }

  @Override
  public boolean isOpen() {
    return !isClosed && !isMalformed && connection.isOpen();
  }

  @Override
  public void readBody(boolean wanted) {
    bodyWanted = wanted;
    if (wanted) {
      bodyByteNanos = System.nanoTime();
      returnWindow();
    } else {
      windowPaused = true;
    }
  }

  @Override
  public boolean awaitsEnd() {
    return !requestEnded;
  }

  private void returnWindow() {
    boolean isEarly = isConnect && !isTunnel && exchange != null;
    if (unreturned > 0 && !isClosed && !isEarly && (bodyWanted || exchange == null)) {
      int count = unreturned;
      unreturned = 0;
      connection.returnWindow(handle, count);
    }
  }

  @Override
  public void flush() {
    connection.flushStream(isWritable());
  }

  @Override
  public void exchangeEnded() {
    exchange = null;
    releaseEarly();
    returnWindow();
    if (isTunnel && endSent && !requestEnded && !isClosed) {
      // Our half had ended before.
      connection.reset(handle.id(), Http2Error.NO_ERROR);
    }
    connection.exchangeEnded();
  }

  // ---------------------------------------------------------------- timers

  private void stalled() {
    if (!stall.isRunning() && !isClosed) {
      watch(System.nanoTime());
      arm(stall.deadline());
    }
  }

  /** Another period in which the client has to take something. */
  private void watch(long now) {
    stall.again(now, connection.sentBytes(handle));
    takenBefore = connection.takenBytes();
  }

  /** A stream whose own window is open waits for its turn: what is taken of others counts. */
  private boolean isTooSlow() {
    Exchange current = exchange;
    boolean isPatient = current != null && current.isPatient();
    return stall.isTooSlow(connection.sentBytes(handle), isPatient)
        && (!connection.hasWindow(handle)
            || stall.isTooFew(connection.takenBytes() - takenBefore, isPatient));
  }

  /** Two waits share the timer: the earlier counts, and its end finds the other. */
  private void arm(long deadlineNanos) {
    if (deadlineNanos < armedNanos) {
      armedNanos = deadlineNanos;
      connection.timers().arm(timer, deadlineNanos);
    }
  }

  private final class Timer extends TimerWheel.Task {
    @Override
    protected void onDeadline(long nowNanos) {
      armedNanos = Long.MAX_VALUE;
      try {
        long next = Math.min(checkStall(nowNanos), checkBody(nowNanos));
        if (next != Long.MAX_VALUE && !isClosed) {
          arm(next);
        }
      } catch (Throwable t) {
        connection.contain(t);
      }
    }
  }

  private long checkStall(long now) {
    if (!stall.isRunning() || isClosed) {
      return Long.MAX_VALUE;
    }
    if (now - stall.deadline() < 0) {
      return stall.deadline();
    }
    if (!isTooSlow() || connection.onlyObserves(Rule.WRITE_STALL)) {
      watch(now);
      return stall.deadline();
    }
    connection.onSecurity(Why.WRITE_STALL.code(), "reset");
    Exchange current = exchange;
    if (current != null) {
      current.onDownstreamFailure(Why.WRITE_STALL);
    }
    if (!isClosed) {
      connection.reset(handle.id(), Http2Error.CANCEL);
    }
    return Long.MAX_VALUE;
  }

  private long checkBody(long now) {
    Exchange current = exchange;
    if (current == null || requestEnded || isClosed || isConnect || current.isPatient()) {
      return Long.MAX_VALUE;
    }
    long idleLimit = limits.bodyIdleTimeout().toNanos();
    if (bodyWanted && now - bodyByteNanos >= idleLimit) {
      if (!connection.onlyObserves(Rule.BODY_IDLE_TIMEOUT)) {
        failBody(current, Why.BODY_IDLE_TIMEOUT);
        return Long.MAX_VALUE;
      }
      bodyByteNanos = now;
    }
    if (now - windowStartNanos >= RATE_WINDOW_NANOS) {
      // Only a window in which the client could have sent all the time says anything about it.
      if (!windowPaused
          && bodyWanted
          && windowBytes * 1_000_000_000L < limits.minBodyRate() * (now - windowStartNanos)
          && !connection.onlyObserves(Rule.BODY_TOO_SLOW)) {
        failBody(current, Why.BODY_TOO_SLOW);
        return Long.MAX_VALUE;
      }
      windowStartNanos = now;
      windowBytes = 0;
      windowPaused = !bodyWanted;
    }
    return Math.min(
        windowStartNanos + RATE_WINDOW_NANOS,
        bodyWanted ? bodyByteNanos + idleLimit : Long.MAX_VALUE);
  }

  private void failBody(Exchange current, Why why) {
    connection.onSecurity(why.code(), "reject");
    current.onDownstreamFailure(why);
  }
}
