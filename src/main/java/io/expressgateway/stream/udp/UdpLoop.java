package io.expressgateway.stream.udp;

import io.expressgateway.limit.ConnectionCaps;
import io.expressgateway.limit.ConnectionCaps.Admission;
import io.expressgateway.limit.Rule;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.net.Ticker;
import io.expressgateway.plane.LoopLedger;
import io.expressgateway.stream.FlowEnd;
import io.expressgateway.stream.StreamMetrics;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One listener on one event loop: its sockets and what their sessions share. Confined to it. */
final class UdpLoop {

  /** What may wait unsent for all clients of a socket. */
  private static final WriteBufferWaterMark UNSENT =
      new WriteBufferWaterMark(512 * 1024, 1024 * 1024);

  private final Fixed fixed;
  private final ConnectionCaps caps;
  private final UpstreamSockets upstreams;
  private final @Nullable DatagramReads reads;
  private final List<UdpFront> fronts = new ArrayList<>();
  private UdpSettings settings;
  private boolean isDraining;

  /**
   * What stays for the life of the listener.
   *
   * @param listener its name
   * @param index the place of the loop
   * @param timers deadlines by {@code ticker}
   */
  record Fixed(
      String listener,
      int index,
      EventLoop eventLoop,
      TimerWheel timers,
      LoopLedger ledger,
      Ticker ticker,
      StreamMetrics metrics) {}

  /** Made by another thread, before the first socket. */
  UdpLoop(Fixed fixed, ConnectionCaps caps, UpstreamSockets upstreams, UdpSettings settings) {
    this.fixed = fixed;
    this.caps = caps;
    this.upstreams = upstreams;
    this.settings = settings;
    this.reads = upstreams.newReads();
  }

  /** A socket of the listener is bound. */
  void adopt(Channel channel) {
    channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT);
    upstreams.readBy(channel, reads == null ? null : reads.of(false));
    UdpFront front = new UdpFront(this);
    fronts.add(front);
    channel.pipeline().addLast(front);
  }

  UdpSettings settings() {
    return settings;
  }

  void settings(UdpSettings changed) {
    settings = changed;
    fronts.forEach(UdpFront::leaveRemovedEndpoints);
  }

  void drain() {
    isDraining = true;
  }

  void list(Consumer<LiveSession> found) {
    fronts.forEach(front -> front.list(found));
  }

  /** Ends all sessions; the sockets are closed or about to be. */
  void close() {
    fronts.forEach(front -> front.end(FlowEnd.SHUTDOWN));
    fronts.clear();
    if (reads != null) {
      reads.close();
    }
  }

  /** Whether one more session may begin; counts it, or its datagram as dropped. */
  boolean admits(InetAddress client) {
    if (isDraining) {
      dropped(UdpDrop.DRAINING);
      return false;
    }
    Admission admission = caps.acquire(client);
    return admission == Admission.ADMITTED || isObserved(client, admission);
  }

  private boolean isObserved(InetAddress client, Admission refusal) {
    boolean isObserved = settings.isCapObserved();
    metrics().onSecurity(index(), Rule.CONNECTION_CAPS.text(), isObserved ? Rule.OBSERVED : "drop");
    if (isObserved) {
      caps.acquireBeyond(client);
    } else {
      boolean full = refusal == Admission.LISTENER_FULL;
      dropped(full ? UdpDrop.SESSIONS_FULL : UdpDrop.ADDRESS_FULL);
    }
    return isObserved;
  }

  /** A session that {@link #admits} counted is over. */
  void release(InetAddress client) {
    caps.release(client);
  }

  /** A socket for an endpoint, not connected yet; null when there is none to be had. */
  @Nullable Channel open(DatagramReads.@Nullable Reads own, ChannelHandler handler) {
    return upstreams.open(fixed.eventLoop, own, handler);
  }

  /** How a socket for an endpoint is read; null where Netty's own way has to do. */
  DatagramReads.@Nullable Reads newReads() {
    return reads == null ? null : reads.of(true);
  }

  void dropped(UdpDrop reason) {
    fixed.metrics.onDropped(fixed.index, fixed.listener, reason.code());
  }

  /** A session is over: the ledger, metrics and the log take note. */
  void ended(UdpSession session) {
    if (session.end() == FlowEnd.DONE) {
      fixed.ledger.countCompleted();
    } else {
      fixed.ledger.countAborted();
    }
    fixed.metrics.onFlowEnd(session);
    settings.log().log(session);
  }

  long nanos() {
    return fixed.ticker.nanos();
  }

  int index() {
    return fixed.index;
  }

  String listener() {
    return fixed.listener;
  }

  EventLoop eventLoop() {
    return fixed.eventLoop;
  }

  TimerWheel timers() {
    return fixed.timers;
  }

  LoopLedger ledger() {
    return fixed.ledger;
  }

  StreamMetrics metrics() {
    return fixed.metrics;
  }
}
