package io.expressgateway.stream.udp;

import io.expressgateway.balance.Hash64;
import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.cluster.PickRequest;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.stream.proxyprotocol.ProxyHeader;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams of one client, to one endpoint and back. An endpoint that ICMP says is not there,
 * that the checks or outlier ejection take out, or that a reload removes, is left, and the client's
 * next datagram goes to another; one that drains keeps the session. What cannot be sent is dropped
 * and counted, never kept. Confined to its event loop.
 */
final class UdpSession implements PickRequest {

  private static final byte[] NO_HEADER = {};

  private final UdpLoop loop;
  private final UdpFront front;
  private final InetSocketAddress client;
  private final Idle idle = new Idle();
  private final Turn turn;
  private final long beganNanos;

  private Cluster cluster;
  private @Nullable UdpUpstream upstream;
  private @Nullable Endpoint left;
  private boolean isWritten;
  private boolean isOver;

  /** Of the newest datagram of either side. */
  private long lastNanos;

  private int losses;

  UdpSession(UdpLoop loop, UdpFront front, InetSocketAddress client) {
    this.loop = loop;
    this.front = front;
    this.client = client;
    this.turn = new Turn(loop);
    this.cluster = loop.settings().cluster();
    this.beganNanos = loop.nanos();
    this.lastNanos = beganNanos;
  }

  InetSocketAddress client() {
    return client;
  }

  LiveSession live() {
    return new LiveSession(client, front.local(), endpointLabel());
  }

  private String endpointLabel() {
    UdpUpstream current = upstream;
    return current == null ? "" : current.endpoint().label();
  }

  // ---------------------------------------------------------------- life

  /** Finds the first endpoint; when there is none, that is counted and there is no session. */
  boolean begin() {
    upstream = reach();
    if (upstream == null) {
      return false;
    }
    loop.timers().arm(idle, beganNanos + loop.settings().sessionIdle().toNanos());
    loop.metrics().onSessionStart(loop.index(), loop.listener());
    return true;
  }

  /** Ends it once. */
  void end(UdpEnd reason) {
    if (isOver) {
      return;
    }
    isOver = true;
    LiveSession last = live();
    UdpUpstream current = upstream;
    if (current != null) {
      upstream = null;
      current.close();
    }
    turn.end();
    loop.timers().cancel(idle);
    front.ended(this);
    loop.metrics().onSessionEnd(loop.index(), record(last, reason));
  }

  private UdpSessionRecord record(LiveSession last, UdpEnd reason) {
    return new UdpSessionRecord(
        loop.listener(),
        client,
        last.local(),
        cluster.spec().name(),
        last.endpoint(),
        loop.nanos() - beganNanos,
        turn.in(),
        turn.out(),
        losses,
        reason);
  }

  private final class Idle extends TimerWheel.Task {
    @Override
    protected void onDeadline(long nowNanos) {
      long deadline = lastNanos + loop.settings().sessionIdle().toNanos();
      if (deadline > nowNanos) {
        loop.timers().arm(this, deadline);
      } else {
        end(UdpEnd.IDLE);
      }
    }
  }

  // ---------------------------------------------------------------- the endpoint

  /** Picks an endpoint and connects to it; what is missing is counted as a dropped datagram. */
  private @Nullable UdpUpstream reach() {
    UdpSettings settings = loop.settings();
    cluster = settings.cluster();
    Endpoint picked = cluster.pick(this);
    InetSocketAddress address = picked == null ? null : picked.nextAddress();
    if (picked == null || address == null) {
      loop.dropped(UdpDrop.NO_ENDPOINT);
      return null;
    }
    byte[] header = settings.proxyHeader() ? header() : NO_HEADER;
    UdpUpstream connected = UdpUpstream.connect(loop, this, picked, address, header);
    if (connected == null) {
      loop.dropped(UdpDrop.NO_SOCKET);
    }
    return connected;
  }

  private byte[] header() {
    ByteBuf encoded =
        ProxyHeaderEncoder.version2(
            UnpooledByteBufAllocator.DEFAULT, ProxyHeader.datagram(client, front.local()), false);
    try {
      return ByteBufUtil.getBytes(encoded);
    } finally {
      encoded.release();
    }
  }

  /** Leaves the endpoint; the client's next datagram finds another. */
  void lose(Endpoint.Outcome outcome) {
    UdpUpstream lost = upstream;
    if (lost == null) {
      return;
    }
    upstream = null;
    left = lost.endpoint();
    losses++;
    lost.close(outcome);
    loop.metrics()
        .onEndpointLost(loop.index(), cluster.spec().name(), lost.endpoint().label());
  }

  /** A reload may have taken the endpoint, or the whole cluster, away. */
  void leaveRemovedEndpoint() {
    UdpUpstream current = upstream;
    if (current != null && !loop.settings().cluster().endpoints().contains(current.endpoint())) {
      lose(Endpoint.Outcome.CANCELLED);
    }
  }

  /** Whether health has taken the endpoint out; in panic nobody moves. */
  private boolean isOut(Endpoint current) {
    return (current.isEjected() || current.health() == Endpoint.Health.UNHEALTHY)
        && !cluster.isPanicking();
  }

  // ---------------------------------------------------------------- datagrams

  /** Passes a client's datagram on behind the batch; the caller keeps the buffer. */
  void fromClient(ByteBuf payload) {
    lastNanos = loop.nanos();
    UdpUpstream current = upstream;
    if (current != null && isOut(current.endpoint())) {
      lose(Endpoint.Outcome.CANCELLED);
      current = null;
    }
    if (current == null) {
      current = reach();
      upstream = current;
    }
    if (current == null || !current.write(payload)) {
      return;
    }
    turn.received(payload.readableBytes());
    if (!isWritten) {
      isWritten = true;
      front.written(this);
    }
  }

  /** Sends what the batch brought. */
  void flush() {
    isWritten = false;
    turn.end();
    UdpUpstream current = upstream;
    if (current != null) {
      current.flush();
    }
  }

  /** Passes an endpoint's datagram on at the end of the turn; the caller keeps the buffer. */
  void fromEndpoint(ByteBuf payload) {
    lastNanos = loop.nanos();
    if (front.toClient(client, payload)) {
      turn.sent(payload.readableBytes());
    }
  }

  /** The endpoint has said what it had to say for now. */
  void turnEnds() {
    turn.end();
  }

  // ---------------------------------------------------------------- what balancers see

  @Override
  public long hash() {
    return Hash64.of(client.getAddress().getAddress());
  }

  @Override
  public @Nullable String affinity() {
    return null;
  }

  @Override
  public boolean isTried(Endpoint candidate) {
    return candidate == left;
  }
}
