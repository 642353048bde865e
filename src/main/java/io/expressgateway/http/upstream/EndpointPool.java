package io.expressgateway.http.upstream;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.http.Why;
import io.expressgateway.http.h1.ConnectionOwner;
import io.expressgateway.http.h1.Http1ClientConnection;
import io.expressgateway.http.proxy.Exchange;
import io.expressgateway.http.proxy.UpstreamSource.Place;
import io.expressgateway.http.proxy.UpstreamSource.Waiter;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.tls.ClientTls;
import io.netty.channel.ChannelFuture;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/1.1 connections of one event loop to one endpoint. The one used last is used next
 * (LIFO), so that as many as possible stay idle long enough to be closed. What each loop may open
 * is its share of the cluster's limit. Confined to the loop.
 *
 * <p>An idle connection is validated before it is leased: its age, its idle time against what the
 * endpoint was seen to keep, and its state. What the endpoint keeps is learned from its {@code
 * Keep-Alive} header and from when it closed idle connections.
 */
final class EndpointPool implements EndpointConnections, ConnectionOwner {

  /** Margin under a learned keep-alive: the endpoint's clock starts when it sends, ours later. */
  private static final long MARGIN_NANOS = 500_000_000L;

  private static final long SHORTEST_LEARNED_NANOS = 50_000_000L;

  /** A restarted endpoint closes young connections too; what it taught is forgotten after this. */
  private static final long FORGET_NANOS = 300_000_000_000L;

  private final Worker worker;
  private final Endpoint endpoint;
  private final Connector connector;
  private final int loops;
  private ClusterSpec.Pool limits;
  private @Nullable ClientTls tls;
  private final ArrayDeque<Http1ClientConnection> idle = new ArrayDeque<>();
  // In the order of arrival, and a place in the middle can be given up without a search.
  private final LinkedHashSet<Pending> pending = new LinkedHashSet<>();
  private int open;
  private long hintedIdleNanos = Long.MAX_VALUE;
  private long learnedIdleNanos = Long.MAX_VALUE;
  private long learnedAtNanos = System.nanoTime();
  private boolean retired;

  EndpointPool(Worker worker, Connector connector, ClusterSpec.Pool limits, int loops) {
    this.worker = worker;
    this.endpoint = connector.endpoint();
    this.connector = connector;
    this.limits = limits;
    this.loops = loops;
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public ClusterSpec.Protocol protocol() {
    return ClusterSpec.Protocol.HTTP1;
  }

  @Override
  public void limits(ClusterSpec.Pool limits) {
    this.limits = limits;
  }

  @Override
  public void tls(@Nullable ClientTls tls) {
    ClientTls before = this.tls;
    this.tls = tls;
    if (before != tls) {
      closeIdle();
    }
  }

  @Override
  public int idleCount() {
    return idle.size();
  }

  @Override
  public int activeCount() {
    return open - idle.size();
  }

  @Override
  public int pendingCount() {
    return pending.size();
  }

  @Override
  public void acquire(boolean fresh, long connectTimeoutNanos, Waiter waiter) {
    if (!fresh) {
      Http1ClientConnection connection = takeIdle();
      if (connection != null) {
        waiter.onUpstreamReady(connection.lease((Exchange) waiter));
        return;
      }
    }
    if (open < share(limits.maxConnections())) {
      connect(connectTimeoutNanos, waiter);
    } else if (fresh && !idle.isEmpty()) {
      // Full of connections that may all be as stale as the one that failed.
      idle.getFirst().closeIdle();
      connect(connectTimeoutNanos, waiter);
    } else if (pending.size() < share(limits.maxPending())) {
      Pending wait = new Pending(waiter, connectTimeoutNanos);
      pending.add(wait);
      worker.timers().arm(wait, System.nanoTime() + connectTimeoutNanos);
      waiter.onUpstreamQueued(wait);
    } else {
      waiter.onUpstreamUnavailable(Why.POOL_EXHAUSTED);
    }
  }

  private int share(int limit) {
    return Math.ceilDiv(limit, loops);
  }

  private @Nullable Http1ClientConnection takeIdle() {
    long now = System.nanoTime();
    Http1ClientConnection connection;
    while ((connection = idle.pollLast()) != null) {
      if (!isExpired(connection, now) && connection.isUsable(now)) {
        return connection;
      }
      connection.closeIdle();
    }
    return null;
  }

  private boolean isExpired(Http1ClientConnection connection, long now) {
    if (now - learnedAtNanos > FORGET_NANOS) {
      learnedIdleNanos = Long.MAX_VALUE;
    }
    long keptNanos = Math.min(hintedIdleNanos, learnedIdleNanos);
    long idleLimit = Math.min(limits.idleTimeout().toNanos(), keptNanos);
    return now - connection.idleSinceNanos() >= idleLimit
        || now - connection.openedNanos() >= limits.maxLifetime().toNanos();
  }

  private void connect(long timeoutNanos, Waiter waiter) {
    open++;
    ClientTls secured = tls;
    Http1ClientConnection connection = new Http1ClientConnection(worker, this);
    if (secured != null) {
      new UpstreamHandshake(secured, connector, timeoutNanos)
          .begin(
              channel -> {
                channel.pipeline().addLast(connection);
                connected(connection, waiter);
              },
              why -> unavailable(why, waiter));
      return;
    }
    ChannelFuture connecting = connector.connect(timeoutNanos, connection);
    connecting.addListener(done -> {
      if (done.isSuccess()) {
        connected(connection, waiter);
      } else {
        unavailable(Connector.failure(done.cause()), waiter);
      }
    });
  }

  private void unavailable(Why why, Waiter waiter) {
    open--;
    if (waiter.isWaiting()) {
      waiter.onUpstreamUnavailable(why);
    }
    servePending();
  }

  private void connected(Http1ClientConnection connection, Waiter waiter) {
    endpoint.connectionOpened();
    if (waiter.isWaiting()) {
      waiter.onUpstreamReady(connection.lease((Exchange) waiter));
    } else {
      onReusable(connection);
    }
  }

  @Override
  public void onReusable(Http1ClientConnection connection) {
    long now = System.nanoTime();
    connection.idle(now);
    if (retired || now - connection.openedNanos() >= limits.maxLifetime().toNanos()) {
      connection.closeIdle();
      return;
    }
    if (pending.isEmpty()) {
      idle.addLast(connection);
    } else {
      Waiter next = nextPending().waiter;
      next.onUpstreamReady(connection.lease((Exchange) next));
    }
  }

  private Pending nextPending() {
    Pending next = pending.removeFirst();
    worker.timers().cancel(next);
    return next;
  }

  private void servePending() {
    while (!pending.isEmpty() && open < share(limits.maxConnections())) {
      Pending next = nextPending();
      connect(next.connectTimeoutNanos, next.waiter);
    }
  }

  @Override
  public void onClosed(Http1ClientConnection connection, boolean wasIdle, boolean byPeer) {
    open--;
    endpoint.connectionClosed();
    if (wasIdle) {
      idle.remove(connection);
      if (byPeer) {
        long now = System.nanoTime();
        learn(withMargin(now - connection.idleSinceNanos()), now);
      }
    }
    servePending();
  }

  @Override
  public void onKeepAliveHint(long nanos) {
    hintedIdleNanos = withMargin(nanos);
  }

  /** The endpoint keeps idle connections for this long and no longer. */
  private void learn(long safeNanos, long now) {
    // Many connections may end together: they teach what one of them teaches.
    if (safeNanos < learnedIdleNanos) {
      learnedIdleNanos = safeNanos;
      learnedAtNanos = now;
    }
  }

  private static long withMargin(long keptNanos) {
    return Math.max(keptNanos - MARGIN_NANOS, SHORTEST_LEARNED_NANOS);
  }

  @Override
  public void sweep(long now) {
    while (!idle.isEmpty() && isExpired(idle.getFirst(), now)) {
      idle.getFirst().closeIdle();
    }
  }

  @Override
  public void retire() {
    retired = true;
    closeIdle();
  }

  @Override
  public void closeIdle() {
    while (!idle.isEmpty()) {
      idle.getLast().closeIdle();
    }
  }

  @Override
  public boolean isEmpty() {
    return open == 0 && pending.isEmpty();
  }

  /** An exchange that waits for a connection to become free; in the queue while it does. */
  private final class Pending extends TimerWheel.Task implements Place {
    private final Waiter waiter;
    private final long connectTimeoutNanos;

    Pending(Waiter waiter, long connectTimeoutNanos) {
      this.waiter = waiter;
      this.connectTimeoutNanos = connectTimeoutNanos;
    }

    @Override
    public void leave() {
      pending.remove(this);
      worker.timers().cancel(this);
    }

    @Override
    protected void onDeadline(long nowNanos) {
      pending.remove(this);
      waiter.onUpstreamUnavailable(Why.POOL_TIMEOUT);
    }
  }
}
