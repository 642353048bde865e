package io.expressgateway.stream.udp;

import io.expressgateway.limit.ConnectionCaps;
import io.expressgateway.limit.ConnectionCaps.Admission;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.net.Ticker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
      Ticker ticker,
      UdpMetrics metrics) {}

  /** Made by another thread, before the first socket. */
  UdpLoop(Fixed fixed, ConnectionCaps caps, UpstreamSockets upstreams, UdpSettings settings) {
    this.fixed = fixed;
    this.caps = caps;
    this.upstreams = upstreams;
    this.settings = settings;
    this.reads = upstreams.newReads();
  }

  /** A socket of the listener is about to be bound. */
  void adopt(Channel channel) {
    channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT);
    upstreams.readBy(channel, reads);
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
    fronts.forEach(front -> front.end(UdpEnd.SHUTDOWN));
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
    if (admission != Admission.ADMITTED) {
      boolean full = admission == Admission.LISTENER_FULL;
      dropped(full ? UdpDrop.SESSIONS_FULL : UdpDrop.ADDRESS_FULL);
      return false;
    }
    return true;
  }

  /** A session that {@link #admits} counted is over. */
  void release(InetAddress client) {
    caps.release(client);
  }

  @Nullable Channel connect(InetSocketAddress endpoint, ChannelHandler handler) {
    return upstreams.connect(fixed.eventLoop, endpoint, reads, handler);
  }

  void dropped(UdpDrop reason) {
    fixed.metrics.onDropped(fixed.index, fixed.listener, reason);
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

  UdpMetrics metrics() {
    return fixed.metrics;
  }
}
