package io.expressgateway.http.upstream;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.http.Why;
import io.expressgateway.http.h2.Http2ClientConnection;
import io.expressgateway.http.h2.StreamOwner;
import io.expressgateway.http.proxy.Exchange;
import io.expressgateway.http.proxy.UpstreamSource.Place;
import io.expressgateway.http.proxy.UpstreamSource.Waiter;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.tls.ClientTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/2 connections of one event loop to one endpoint: streams share the first connection that
 * has room, and another one is opened only when none has. So the later ones fall idle first.
 * Confined to the loop.
 *
 * <p>Who cannot have a stream at once waits in one queue, for room or for a connection that is
 * being opened. Each such connection brings room for {@link #EXPECTED_STREAMS} of them; {@code
 * max-pending} bounds those beyond that.
 */
final class StreamPool implements EndpointConnections, StreamOwner {

  /** What a new connection is taken to carry: what RFC 9113 section 6.5.2 recommends at least. */
  private static final int EXPECTED_STREAMS = 100;

  /** A connection this young is not stale: endpoints do not close what they have just accepted. */
  private static final long FRESH_NANOS = 1_000_000_000L;

  private final Worker worker;
  private final Connector connector;
  private final int loops;
  private ClusterSpec.Pool limits;
  private @Nullable ClientTls tls;
  private final List<Http2ClientConnection> connections = new ArrayList<>();
  // In the order of arrival, and a place in the middle can be given up without a search.
  private final LinkedHashSet<Pending> pending = new LinkedHashSet<>();
  private int connecting;
  private boolean serving;
  private boolean retired;

  StreamPool(Worker worker, Connector connector, ClusterSpec.Pool limits, int loops) {
    this.worker = worker;
    this.connector = connector;
    this.limits = limits;
    this.loops = loops;
  }

  @Override
  public Endpoint endpoint() {
    return connector.endpoint();
  }

  @Override
  public ClusterSpec.Protocol protocol() {
    return ClusterSpec.Protocol.HTTP2;
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
      drainAll();
    }
  }

  private void drainAll() {
    for (Http2ClientConnection connection : List.copyOf(connections)) {
      connection.drain();
    }
  }

  @Override
  public int activeCount() {
    return connecting + connections.size() - idleCount();
  }

  @Override
  public int idleCount() {
    int idle = 0;
    for (Http2ClientConnection connection : connections) {
      if (!connection.isActive()) {
        idle++;
      }
    }
    return idle;
  }

  @Override
  public int pendingCount() {
    return pending.size();
  }

  // ---------------------------------------------------------------- streams

  @Override
  public void acquire(boolean fresh, long connectTimeoutNanos, Waiter waiter) {
    Http2ClientConnection connection = pending.isEmpty() ? withRoom(fresh) : null;
    if (connection != null) {
      waiter.onUpstreamReady(connection.lease((Exchange) waiter));
      return;
    }
    boolean mayConnect = pending.size() >= expected() && mayConnect();
    if (!mayConnect && pending.size() >= expected() + share(limits.maxPending())) {
      waiter.onUpstreamUnavailable(Why.POOL_EXHAUSTED);
      return;
    }
    Pending wait = new Pending(waiter, fresh, connectTimeoutNanos);
    pending.add(wait);
    worker.timers().arm(wait, System.nanoTime() + connectTimeoutNanos);
    waiter.onUpstreamQueued(wait);
    if (mayConnect) {
      connect(connectTimeoutNanos);
    }
  }

  private int share(int limit) {
    return Math.ceilDiv(limit, loops);
  }

  private int expected() {
    return connecting * EXPECTED_STREAMS;
  }

  private boolean mayConnect() {
    return connecting + connections.size() < share(limits.maxConnections());
  }

  private @Nullable Http2ClientConnection withRoom(boolean fresh) {
    long now = System.nanoTime();
    for (int i = 0; i < connections.size(); i++) {
      Http2ClientConnection connection = connections.get(i);
      if (!connection.hasRoom() || (fresh && now - connection.openedNanos() > FRESH_NANOS)) {
        continue;
      }
      if (!isTooOld(connection, now) && connection.isAlive(now)) {
        return connection;
      }
      connection.drain();
    }
    return null;
  }

  private boolean isTooOld(Http2ClientConnection connection, long now) {
    return now - connection.openedNanos() >= limits.maxLifetime().toNanos();
  }

  // ---------------------------------------------------------------- connections

  private void connect(long timeoutNanos) {
    connecting++;
    ClientTls secured = tls;
    if (secured != null) {
      new UpstreamHandshake(secured, connector, timeoutNanos)
          .begin(channel -> installed(channel, secured), this::failed);
      return;
    }
    Http2ClientConnection connection = Http2ClientConnection.create(worker, this, "http");
    ChannelFuture attempt = connector.connect(timeoutNanos, connection);
    attempt.addListener(done -> {
      if (!done.isSuccess()) {
        failed(Connector.failure(done.cause()));
      }
    });
  }

  private void installed(Channel channel, ClientTls securedBy) {
    Http2ClientConnection connection = Http2ClientConnection.create(worker, this, "https");
    // Opens at once: the channel is active.
    channel.pipeline().addLast(connection);
    if (tls != securedBy) {
      connection.drain();
    }
  }

  private void failed(Why why) {
    connecting--;
    // At least the one that it was opened for, so that failing ends; and all whom nothing is left
    // for. Only those that wait now: who is told may come back.
    int room = connections.isEmpty() ? expected() : expected() + share(limits.maxPending());
    int count = Math.min(pending.size(), Math.max(1, pending.size() - room));
    List<Pending> lost = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      lost.add(nextPending());
    }
    for (Pending wait : lost) {
      wait.waiter.onUpstreamUnavailable(why);
    }
    serve();
  }

  @Override
  public void onOpened(Http2ClientConnection connection) {
    connecting--;
    connections.add(connection);
    endpoint().connectionOpened();
    if (retired) {
      connection.drain();
    }
    serve();
  }

  @Override
  public void onRoom(Http2ClientConnection connection) {
    if (!serving) {
      serving = true;
      worker.eventLoop().execute(this::tidy);
    }
  }

  private void tidy() {
    serving = false;
    for (Http2ClientConnection connection : List.copyOf(connections)) {
      connection.closeWhenDrained();
    }
    serve();
  }

  @Override
  public void onClosed(Http2ClientConnection connection) {
    connections.remove(connection);
    endpoint().connectionClosed();
    onRoom(connection);
  }

  /** Gives streams to those who wait, and opens a connection when there are too few. */
  private void serve() {
    while (!pending.isEmpty()) {
      Http2ClientConnection connection = withRoom(pending.getFirst().fresh);
      if (connection == null) {
        break;
      }
      Waiter next = nextPending().waiter;
      next.onUpstreamReady(connection.lease((Exchange) next));
    }
    if (pending.size() > expected() && mayConnect()) {
      connect(pending.getFirst().connectTimeoutNanos);
    }
  }

  /** Before any connection was there, it is the endpoint that did not accept or secure one. */
  private Why lateness() {
    if (!connections.isEmpty() || connecting == 0) {
      return Why.POOL_TIMEOUT;
    }
    return tls == null ? Why.CONNECT_TIMEOUT : Why.UPSTREAM_TLS;
  }

  private Pending nextPending() {
    Pending next = pending.removeFirst();
    worker.timers().cancel(next);
    return next;
  }

  @Override
  public void sweep(long now) {
    for (Http2ClientConnection connection : List.copyOf(connections)) {
      boolean idleTooLong =
          !connection.isActive()
              && now - connection.idleSinceNanos() >= limits.idleTimeout().toNanos();
      if (idleTooLong || isTooOld(connection, now)) {
        connection.drain();
      }
    }
  }

  @Override
  public void retire() {
    retired = true;
    drainAll();
  }

  @Override
  public void closeIdle() {
    for (Http2ClientConnection connection : List.copyOf(connections)) {
      if (!connection.isActive()) {
        connection.drain();
      }
    }
  }

  @Override
  public boolean isEmpty() {
    return connecting == 0 && connections.isEmpty() && pending.isEmpty();
  }

  /** An exchange that waits for a stream; in the queue while it does. */
  private final class Pending extends TimerWheel.Task implements Place {
    private final Waiter waiter;
    private final boolean fresh;
    private final long connectTimeoutNanos;

    Pending(Waiter waiter, boolean fresh, long connectTimeoutNanos) {
      this.waiter = waiter;
      this.fresh = fresh;
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
      waiter.onUpstreamUnavailable(lateness());
    }
  }
}
