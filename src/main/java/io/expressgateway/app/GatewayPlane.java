package io.expressgateway.app;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterTable;
import io.expressgateway.filter.FilterRegistry;
import io.expressgateway.health.HealthListener;
import io.expressgateway.http.HttpEngine;
import io.expressgateway.http.HttpEngineOptions;
import io.expressgateway.http.HttpMetrics;
import io.expressgateway.http.upstream.ClusterUpkeep;
import io.expressgateway.loop.EventLoops;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.snapshot.VipSpec;
import io.expressgateway.stream.StreamEngine;
import io.expressgateway.xdp.RelaySessions;
import io.expressgateway.xdp.layout.FlowKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The data plane of the process: one set of event loops, one table of clusters, and the engines
 * that serve by them. Lifecycle methods are called by one thread at a time.
 */
final class GatewayPlane implements DataPlane {

  private static final long POLL_NANOS = 10_000_000;

  private final EventLoops loops;
  private final ClusterUpkeep upkeep;
  private final HttpMetrics httpMetrics;
  private final HttpEngine http;
  private final StreamEngine streams;
  private final XdpManager xdp;
  private volatile boolean closed;

  private GatewayPlane(
      EventLoops loops,
      ClusterUpkeep upkeep,
      HttpMetrics metrics,
      HttpEngine http,
      StreamEngine streams,
      XdpManager xdp) {
    this.loops = loops;
    this.upkeep = upkeep;
    this.httpMetrics = metrics;
    this.http = http;
    this.streams = streams;
    this.xdp = xdp;
  }

  /**
   * A data plane that is bound to nothing yet.
   *
   * @param reports where figures, lines and spans go
   * @param xdp what forwards packets of relays in the kernel
   * @throws IllegalArgumentException when the transport cannot be had
   */
  static GatewayPlane create(
      HttpEngineOptions options,
      Reports reports,
      FilterRegistry filters,
      HealthListener health,
      XdpManager xdp) {
    EventLoops loops = EventLoops.create(options.eventLoops(), options.transport());
    ClusterUpkeep upkeep = new ClusterUpkeep(loops, new ClusterTable(health));
    HttpEngine http =
        HttpEngine.on(
            loops, upkeep, reports.http(), reports.exchanges(), reports.tracing(), filters);
    StreamEngine streams =
        new StreamEngine(loops, upkeep.clusters(), reports.streams(), reports.flows());
    return new GatewayPlane(loops, upkeep, reports.http(), http, streams, xdp);
  }

  @Override
  public void start(Snapshot snapshot) {
    upkeep.update(snapshot.clusters());
    upkeep.start(failure -> httpMetrics.onContainedException(0, failure));
    http.start(snapshot);
    streams.start(snapshot);
    forward(snapshot);
  }

  @Override
  public void publish(Snapshot snapshot) {
    upkeep.update(snapshot.clusters());
    http.publish(snapshot);
    streams.publish(snapshot);
    forward(snapshot);
  }

  /** The kernel takes over what the relays, bound by now, would serve. */
  private void forward(Snapshot snapshot) {
    xdp.serve(snapshot, upkeep.clusters()::configured, new Relays(streams));
  }

  /** What the relays have, as the packet path asks for it. */
  private record Relays(StreamEngine streams) implements RelaySessions {

    @Override
    public List<FlowKey> udp(VipSpec vip) {
      return streams.sessions(vip.name()).stream()
          .map(session ->
              new FlowKey(
                  session.client().getAddress(),
                  vip.address(),
                  session.client().getPort(),
                  vip.port(),
                  vip.transport().number()))
          .toList();
    }

    @Override
    public boolean hasTcp(VipSpec vip) {
      return streams.connections(vip.name()) > 0;
    }
  }

  @Override
  public @Nullable Snapshot snapshot() {
    return http.snapshot();
  }

  @Override
  public int unindexedRoutes() {
    return http.unindexedRoutes();
  }

  @Override
  public int eventLoops() {
    return loops.size();
  }

  @Override
  public String transport() {
    return loops.transport().text();
  }

  @Override
  public List<BoundListener> listeners() {
    List<BoundListener> bound = new ArrayList<>(http.listeners());
    bound.addAll(streams.listeners());
    return bound;
  }

  @Override
  public List<Cluster> clusters() {
    return upkeep.clusters().all();
  }

  @Override
  public List<PoolCount> pools() {
    return http.pools();
  }

  @Override
  public Ledger ledger() {
    return http.ledger().plus(streams.ledger());
  }

  @Override
  public void announceDrain() {
    http.announceDrain();
  }

  @Override
  public void beginDrain() {
    http.beginDrain();
    xdp.beginDrain();
  }

  @Override
  public boolean awaitIdle(Duration timeout) {
    http.unbind();
    streams.unbind();
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!http.isIdle() || !streams.isIdle() || !xdp.isIdle()) {
      if (System.nanoTime() >= deadline || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    xdp.close();
    streams.close();
    http.close();
    upkeep.close();
    loops.close();
  }
}
