package io.expressgateway.stream.udp;

import io.expressgateway.balance.Hash64;
import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.cluster.PickRequest;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.snapshot.ListenerSpec.Protocol;
import io.expressgateway.stream.FlowEnd;
import io.expressgateway.stream.FlowRecord;
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
 * and counted, never kept. Confined to its event loop, timer included.
 */
final class UdpSession extends TimerWheel.Task implements PickRequest, FlowRecord {

  private static final byte[] NO_HEADER = {};

  /** Longest time between two reports of what has passed. */
  private static final long REPORT_NANOS = 10_000_000_000L;

  private final UdpLoop loop;
  private final UdpFront front;
  private final InetSocketAddress client;
  private final Passed passed = new Passed();
  private final long beganNanos;
  private final long hash;

  private Cluster cluster;
  private @Nullable UdpUpstream upstream;
  private @Nullable Endpoint left;
  private String endpoint = "";
  private int attempts;
  private boolean isWritten;
  private @Nullable FlowEnd end;

  /** Of the newest datagram of either side. */
  private long lastNanos;

  private long endNanos;

  /**
   * A session that {@link #begin} has yet to find an endpoint for.
   *
   * @param first the client's datagram that it begins with; it is only looked at
   */
  UdpSession(UdpLoop loop, UdpFront front, InetSocketAddress client, ByteBuf first) {
    this.loop = loop;
    this.front = front;
    this.client = client;
    this.cluster = loop.settings().cluster();
    this.beganNanos = loop.nanos();
    this.lastNanos = beganNanos;
    long byAddress = Hash64.of(client.getAddress().getAddress());
    this.hash =
        loop.settings().isByConnectionId() ? ConnectionId.hash(first, byAddress) : byAddress;
  }

  LiveSession live() {
    UdpUpstream current = upstream;
    return new LiveSession(
        client, front.local(), current == null ? "" : current.endpoint().label());
  }

  // ---------------------------------------------------------------- life

  /** Finds the first endpoint; when there is none, that is counted and there is no session. */
  boolean begin() {
    upstream = reach();
    if (upstream == null) {
      return false;
    }
    loop.ledger().countAccepted();
    armNext(beganNanos);
    return true;
  }

  private void armNext(long nowNanos) {
    long idle = lastNanos + loop.settings().idleNanos();
    loop.timers().arm(this, Math.min(idle, nowNanos + REPORT_NANOS));
  }

  @Override
  protected void onDeadline(long nowNanos) {
    if (nowNanos - lastNanos >= loop.settings().idleNanos()) {
      end(FlowEnd.DONE);
    } else {
      passed.report(loop, cluster());
      armNext(nowNanos);
    }
  }

  /** Ends it; a no-op when it has ended. */
  void end(FlowEnd reason) {
    if (end != null) {
      return;
    }
    end = reason;
    endNanos = loop.nanos();
    UdpUpstream current = upstream;
    if (current != null) {
      upstream = null;
      current.close();
    }
    passed.report(loop, cluster());
    loop.timers().cancel(this);
    front.ended(this);
    loop.ended(this);
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
    byte[] header = settings.isHeaderSent() ? header() : NO_HEADER;
    UdpUpstream connected = UdpUpstream.connect(loop, this, picked, address, header);
    if (connected == null) {
      left = picked;
      loop.dropped(UdpDrop.NO_SOCKET);
    } else {
      endpoint = picked.label();
      attempts++;
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

  /** Nobody listens at the endpoint. */
  void refused() {
    loop.metrics().onRetry(loop.index(), cluster(), FlowEnd.CONNECT_FAILED.code());
    leave(Endpoint.Outcome.FAILURE);
  }

  /** Leaves the endpoint; the client's next datagram finds another. */
  private void leave(Endpoint.Outcome outcome) {
    UdpUpstream lost = upstream;
    if (lost != null) {
      upstream = null;
      left = lost.endpoint();
      lost.close(outcome);
    }
  }

  /** A reload may have taken the endpoint, or the whole cluster, away. */
  void leaveRemovedEndpoint() {
    UdpUpstream current = upstream;
    if (current != null && !loop.settings().cluster().endpoints().contains(current.endpoint())) {
      leave(Endpoint.Outcome.CANCELLED);
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
      leave(Endpoint.Outcome.CANCELLED);
      current = null;
    }
    if (current == null) {
      current = reach();
      upstream = current;
    }
    if (current == null || !current.write(payload)) {
      return;
    }
    passed.in(payload.readableBytes());
    if (!isWritten) {
      isWritten = true;
      front.written(this);
    }
  }

  /** Sends what the batch brought. */
  void flush() {
    isWritten = false;
    UdpUpstream current = upstream;
    if (current != null) {
      current.flush();
    }
  }

  /** Passes an endpoint's datagram on at the end of the turn; the caller keeps the buffer. */
  void fromEndpoint(ByteBuf payload) {
    lastNanos = loop.nanos();
    if (front.toClient(client, payload)) {
      passed.out(payload.readableBytes());
    }
  }

  // ---------------------------------------------------------------- what balancers see

  @Override
  public long hash() {
    return hash;
  }

  @Override
  public @Nullable String affinity() {
    return null;
  }

  @Override
  public boolean isTried(Endpoint candidate) {
    return candidate == left;
  }

  // ---------------------------------------------------------------- what is logged

  @Override
  public int loop() {
    return loop.index();
  }

  @Override
  public String listener() {
    return loop.listener();
  }

  @Override
  public Protocol protocol() {
    return Protocol.UDP;
  }

  @Override
  public InetSocketAddress client() {
    return client;
  }

  @Override
  public String serverName() {
    return "";
  }

  @Override
  public String cluster() {
    return cluster.spec().name();
  }

  @Override
  public String endpoint() {
    return endpoint;
  }

  @Override
  public int attempts() {
    return attempts;
  }

  @Override
  public FlowEnd end() {
    FlowEnd known = end;
    if (known == null) {
      throw new IllegalStateException("the session of " + client + " has not ended");
    }
    return known;
  }

  @Override
  public long bytesIn() {
    return passed.bytesIn();
  }

  @Override
  public long bytesOut() {
    return passed.bytesOut();
  }

  @Override
  public long startNanos() {
    return beganNanos;
  }

  @Override
  public long endNanos() {
    return endNanos;
  }
}
