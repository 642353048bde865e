package io.expressgateway.http.proxy;

import io.expressgateway.http.HttpMetrics;
import io.expressgateway.http.RequestTracing;
import io.expressgateway.loop.TimerWheel;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one event loop: its timers, pools, counters, dice and the clock's text. Confined
 * to the loop but for the counters, which any thread may read.
 */
public final class Worker {

  private static final VarHandle ACCEPTED = counter("accepted");
  private static final VarHandle COMPLETED = counter("completed");
  private static final VarHandle REFUSED = counter("refused");
  private static final VarHandle ABORTED = counter("aborted");

  private final int index;
  private final EventLoop eventLoop;
  private final TimerWheel timers;
  private final HttpMetrics metrics;
  private final @Nullable RequestTracing tracing;
  private final Supplier<ProxyState> state;
  private final SplittableRandom random = new SplittableRandom();
  private final HttpDate date = new HttpDate();
  private final HeldBytes held;
  private @Nullable UpstreamSource upstreams;

  @SuppressWarnings("unused") // through the VarHandles
  private long accepted;

  @SuppressWarnings("unused")
  private long completed;

  @SuppressWarnings("unused")
  private long refused;

  @SuppressWarnings("unused")
  private long aborted;

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

  private static VarHandle counter(String name) {
    try {
      return MethodHandles.lookup().findVarHandle(Worker.class, name, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
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

  void countAccepted() {
    ACCEPTED.setOpaque(this, (long) ACCEPTED.get(this) + 1);
  }

  void countCompleted() {
    COMPLETED.setOpaque(this, (long) COMPLETED.get(this) + 1);
  }

  void countRefused() {
    REFUSED.setOpaque(this, (long) REFUSED.get(this) + 1);
  }

  void countAborted() {
    ABORTED.setOpaque(this, (long) ABORTED.get(this) + 1);
  }

  /** Requests begun. Any thread. */
  public long accepted() {
    return (long) ACCEPTED.getOpaque(this);
  }

  /** Requests ended as the protocol has it. Any thread. */
  public long completed() {
    return (long) COMPLETED.getOpaque(this);
  }

  /** Requests answered by the gateway before an endpoint was chosen. Any thread. */
  public long refused() {
    return (long) REFUSED.getOpaque(this);
  }

  /** Requests ended by reset, time-out or close. Any thread. */
  public long aborted() {
    return (long) ABORTED.getOpaque(this);
  }
}
