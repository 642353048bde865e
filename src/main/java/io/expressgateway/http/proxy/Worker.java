package io.expressgateway.http.proxy;

import io.expressgateway.http.HttpMetrics;
import io.expressgateway.http.RequestTracing;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.plane.LoopLedger;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one event loop: its timers, pools, counters, dice and the clock's text. Confined
 * to the loop but for the ledger, which any thread may read.
 */
public final class Worker {

  private final int index;
  private final EventLoop eventLoop;
  private final TimerWheel timers;
  private final HttpMetrics metrics;
  private final @Nullable RequestTracing tracing;
  private final Supplier<ProxyState> state;
  private final SplittableRandom random = new SplittableRandom();
  private final HttpDate date = new HttpDate();
  private final LoopLedger ledger = new LoopLedger();
  private final HeldBytes held;
  private @Nullable UpstreamSource upstreams;

  /** The worker of {@code eventLoop}; {@code state} is read once per request. */
  public Worker(
      int index,
      EventLoop eventLoop,
      HttpMetrics metrics,
      @Nullable RequestTracing tracing,
      Supplier<ProxyState> state) {
    this.index = index;
    this.eventLoop = eventLoop;
    this.timers = new TimerWheel(System.nanoTime());
    this.held = new HeldBytes(eventLoop);
    this.metrics = metrics;
    this.tracing = tracing;
    this.state = state;
  }

  /** Gives the worker its pools, before its first connection. */
  public void upstreams(UpstreamSource source) {
    upstreams = source;
  }

  /** The pools of this loop. */
  public UpstreamSource upstreams() {
    UpstreamSource source = upstreams;
    if (source == null) {
      throw new IllegalStateException("worker " + index + " has no pools yet");
    }
    return source;
  }

  /** 0 to the number of loops less one. */
  public int index() {
    return index;
  }

  /** The loop. */
  public EventLoop eventLoop() {
    return eventLoop;
  }

  /** Deadlines of this loop. */
  public TimerWheel timers() {
    return timers;
  }

  /** Where figures go. */
  public HttpMetrics metrics() {
    return metrics;
  }

  /** Spans; null when tracing is off. */
  public @Nullable RequestTracing tracing() {
    return tracing;
  }

  /** What new requests are served by. */
  public ProxyState state() {
    return state.get();
  }

  /** The loop's allocator. */
  public ByteBufAllocator allocator() {
    return ByteBufAllocator.DEFAULT;
  }

  /** What clients make this loop hold. */
  public HeldBytes held() {
    return held;
  }

  /** 64 random bits. */
  public long random() {
    return random.nextLong();
  }

  /**
   * When a connection that began at {@code beganNanos} has to leave: in the last fifth of its
   * greatest age, by chance, so that connections that came together do not leave together.
   *
   * @param age zero for never
   * @return {@link Long#MAX_VALUE} for never
   */
  public long endOfLife(long beganNanos, Duration age) {
    long nanos = age.toNanos();
    return nanos == 0
        ? Long.MAX_VALUE
        : beganNanos + nanos - Math.floorMod(random(), Math.max(1, nanos / 5));
  }

  /** The current date as HTTP writes it (RFC 9110 section 5.6.7), renewed once a second. */
  public HttpDate date() {
    return date;
  }

  /** The wall clock. */
  public Instant now() {
    return Instant.now();
  }

  /** Requests of this loop. */
  public LoopLedger ledger() {
    return ledger;
  }
}
