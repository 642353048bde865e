package io.expressgateway.http;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterTable;
import io.expressgateway.filter.FilterRegistry;
import io.expressgateway.filter.HttpFilter;
import io.expressgateway.health.HealthListener;
import io.expressgateway.http.grpc.health.HealthService;
import io.expressgateway.http.listener.Listener;
import io.expressgateway.http.proxy.ListenerContext;
import io.expressgateway.http.proxy.ProxyState;
import io.expressgateway.http.proxy.RoutePlan;
import io.expressgateway.http.proxy.RouteTimeouts;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.http.upstream.ClusterUpkeep;
import io.expressgateway.http.upstream.LoopPools;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import io.expressgateway.loop.EventLoops;
import io.expressgateway.net.HostPort;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.route.NamedArguments;
import io.expressgateway.route.Route;
import io.expressgateway.route.RouteTable;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.tls.ServerTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * HTTP on the event loops: turns snapshots into what http and https listeners serve by. It runs on
 * loops and clusters that it shares with the relays, or alone on its own. Lifecycle methods are
 * called by one thread at a time.
 */
public final class HttpEngine implements DataPlane {

  /** Behind the end of everything: what a client needs to read its last frame and close. */
  private static final long LEAVE_NANOS = 250_000_000L;

  /** What may wait unsent per connection before the other side is told to stop. */
  private static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  private final HttpMetrics metrics;
  private final Function<ListenerSpec, AccessLog> accessLogs;
  private final FilterRegistry filters;
  private final EventLoops loops;
  private final boolean isAlone;
  private final List<Worker> workers = new ArrayList<>();
  private final List<LoopPools> pools = new ArrayList<>();
  private final List<Listener> listeners = new ArrayList<>();
  private final ClusterTable clusters;
  private final ClusterUpkeep upkeep;
  private final HealthService health;

  private volatile @Nullable ProxyState state;
  private volatile Map<String, ListenerContext> contexts = Map.of();
  private volatile boolean closed;

  private HttpEngine(
      EventLoops loops,
      ClusterUpkeep upkeep,
      boolean isAlone,
      HttpMetrics metrics,
      Function<ListenerSpec, AccessLog> accessLogs,
      @Nullable RequestTracing tracing,
      FilterRegistry filters) {
    this.loops = loops;
    this.upkeep = upkeep;
    this.isAlone = isAlone;
    this.metrics = metrics;
    this.accessLogs = accessLogs;
    this.filters = filters;
    this.clusters = upkeep.clusters();
    this.health = new HealthService(clusters::all);
    Bootstrap bootstrap = loops.client().option(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT);
    for (int i = 0; i < loops.size(); i++) {
      Worker worker = new Worker(i, loops.loop(i), metrics, tracing, this::currentState);
      LoopPools loopPools = new LoopPools(worker, bootstrap, loops.size());
      worker.upstreams(loopPools);
      workers.add(worker);
      pools.add(loopPools);
    }
  }

  /**
   * An engine alone on event loops and clusters of its own, bound to nothing yet.
   *
   * @param accessLogs the log of each listener; asked again at every snapshot
   * @param tracing null when tracing is off
   * @throws IllegalArgumentException when the transport cannot be had
   */
  public static HttpEngine create(
      HttpEngineOptions options,
      HttpMetrics metrics,
      Function<ListenerSpec, AccessLog> accessLogs,
      @Nullable RequestTracing tracing,
      FilterRegistry filters,
      HealthListener healthListener) {
    EventLoops loops = EventLoops.create(options.eventLoops(), options.transport());
    ClusterUpkeep upkeep = new ClusterUpkeep(loops, new ClusterTable(healthListener));
    return new HttpEngine(loops, upkeep, true, metrics, accessLogs, tracing, filters);
  }

  /**
   * An engine on loops and clusters that somebody else owns: its owner updates the clusters before
   * it publishes a snapshot here, and closes both after the engine.
   *
   * @param accessLogs the log of each listener; asked again at every snapshot
   * @param tracing null when tracing is off
   */
  public static HttpEngine on(
      EventLoops loops,
      ClusterUpkeep upkeep,
      HttpMetrics metrics,
      Function<ListenerSpec, AccessLog> accessLogs,
      @Nullable RequestTracing tracing,
      FilterRegistry filters) {
    return new HttpEngine(loops, upkeep, false, metrics, accessLogs, tracing, filters);
  }

  private ProxyState currentState() {
    ProxyState current = state;
    if (current == null) {
      throw new IllegalStateException("the data plane serves nothing yet");
    }
    return current;
  }

  @Override
  public void start(Snapshot snapshot) {
    publish(snapshot);
    if (isAlone) {
      upkeep.start(failure -> metrics.onContainedException(0, failure));
    }
    for (int i = 0; i < workers.size(); i++) {
      int index = i;
      loops.everyTick(
          i,
          turn -> tick(workers.get(index), pools.get(index), turn),
          failure -> metrics.onContainedException(index, failure));
    }
    try {
      for (ListenerSpec spec : snapshot.listeners()) {
        if (isServed(spec)) {
          Listener listener = new Listener(spec, workers, () -> context(spec.name()));
          listener.bind(loops, UNSENT);
          listeners.add(listener);
        }
      }
    } catch (BindFailure e) {
      listeners.forEach(Listener::unbind);
      listeners.clear();
      throw e;
    }
  }

  private ListenerContext context(String listener) {
    ListenerContext context = contexts.get(listener);
    if (context == null) {
      throw new IllegalStateException("listener " + listener + " is not in the snapshot");
    }
    return context;
  }

  private void tick(Worker worker, LoopPools loopPools, int turn) {
    long now = System.nanoTime();
    worker.date().tick();
    worker.timers().advance(now);
    if (turn % 4 == 0) {
      worker.held().count();
    }
    if (turn % 20 == 0) {
      loopPools.sweep(now);
      if (worker.index() == 0) {
        for (ListenerContext context : contexts.values()) {
          ServerTls tls = context.tls();
          if (tls != null) {
            tls.tick(now);
          }
        }
      }
    }
  }

  @Override
  public void publish(Snapshot snapshot) {
    metrics.onSnapshot(snapshot);
    if (isAlone) {
      upkeep.update(snapshot.clusters());
    }
    RouteTable table =
        RouteTable.compile(snapshot.routes(), snapshot.apiVersion(), snapshot.hostIncludesPort());
    List<Route> routes = table.routes();
    RoutePlan[] plans = new RoutePlan[routes.size()];
    for (int i = 0; i < plans.length; i++) {
      plans[i] = plan(routes.get(i));
    }
    contexts = contexts(snapshot);
    state = new ProxyState(snapshot, table, plans, this::adHocCluster, health);
    for (Listener listener : listeners) {
      listener.limits(context(listener.name()).spec());
    }
    List<Cluster> all = clusters.all();
    long budget = heldBudget(snapshot.security());
    for (int i = 0; i < workers.size(); i++) {
      LoopPools loopPools = pools.get(i);
      Worker worker = workers.get(i);
      worker
          .eventLoop()
          .execute(() -> {
            worker.held().budget(budget);
            loopPools.retain(all);
          });
    }
  }

  private Map<String, ListenerContext> contexts(Snapshot snapshot) {
    Map<String, ListenerContext> made = new LinkedHashMap<>();
    List<String> identityHeaders = identityHeaders(snapshot);
    for (int i = 0; i < snapshot.listeners().size(); i++) {
      ListenerSpec spec = snapshot.listeners().get(i);
      if (isServed(spec)) {
        made.put(
            spec.name(),
            new ListenerContext(
                spec,
                i,
                accessLogs.apply(spec),
                serverTls(spec),
                snapshot.security(),
                identityHeaders));
      }
    }
    return made;
  }

  private static boolean isServed(ListenerSpec spec) {
    return !spec.protocol().isRelayed();
  }

  /** How much clients may make one loop hold: a share of the smaller of heap and direct memory. */
  private long heldBudget(Rules rules) {
    // Netty's own figure: it knows the flags and whether it counts what it allocates.
    long memory = Math.min(Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory());
    return memory / 100 * rules.threshold(Rule.HELD_BYTES) / workers.size();
  }

  /** What one listener tells endpoints, a client of another must not be able to say. */
  private static List<String> identityHeaders(Snapshot snapshot) {
    List<String> names = new ArrayList<>();
    for (ListenerSpec spec : snapshot.listeners()) {
      TlsSpec tls = spec.tls();
      if (tls != null) {
        names.addAll(tls.clientHeaders().names());
      }
    }
    return names;
  }

  /** Contexts stay while the certificates stay; ticket keys as long as nothing else changes. */
  private @Nullable ServerTls serverTls(ListenerSpec spec) {
    ListenerContext before = contexts.get(spec.name());
    return ServerTls.renewed(spec.tls(), before == null ? null : before.tls());
  }

  private RoutePlan plan(Route route) {
    List<HttpFilter> chain = new ArrayList<>();
    for (NamedArguments filter : route.filters()) {
      chain.add(filters.create(filter));
    }
    return new RoutePlan(
        route, clusters.configured(route.cluster()), chain, RouteTimeouts.of(route.metadata()));
  }

  private @Nullable Cluster adHocCluster(HostPort address) {
    Cluster known = clusters.known(address);
    if (known != null) {
      return known;
    }
    Cluster made = clusters.adHoc(address);
    if (made != null) {
      upkeep.resolve(List.of(made));
    }
    return made;
  }

  @Override
  public @Nullable Snapshot snapshot() {
    ProxyState current = state;
    return current == null ? null : current.snapshot();
  }

  @Override
  public int unindexedRoutes() {
    ProxyState current = state;
    return current == null ? 0 : current.unindexedRoutes();
  }

  @Override
  public int eventLoops() {
    return workers.size();
  }

  @Override
  public String transport() {
    return loops.transport().text();
  }

  @Override
  public List<BoundListener> listeners() {
    List<BoundListener> bound = new ArrayList<>();
    for (Listener listener : listeners) {
      bound.add(
          new BoundListener(
              listener.name(),
              listener.spec().protocol().text(),
              listener.boundAddress(),
              listener.connections()));
    }
    return bound;
  }

  @Override
  public List<Cluster> clusters() {
    return clusters.all();
  }

  @Override
  public List<PoolCount> pools() {
    Collection<Cluster> all = clusters.all();
    Map<Cluster, int[]> counts = new LinkedHashMap<>();
    all.forEach(cluster -> counts.put(cluster, new int[3]));
    if (!closed) {
      loops.onEach(i -> {
        synchronized (counts) {
          counts.forEach(pools.get(i)::count);
        }
      });
    }
    List<PoolCount> rows = new ArrayList<>();
    synchronized (counts) {
      counts.forEach((cluster, n) -> rows.add(new PoolCount(cluster.spec(), n[0], n[1], n[2])));
    }
    return rows;
  }

  @Override
  public Ledger ledger() {
    Ledger sum = new Ledger(0, 0, 0, 0);
    for (Worker worker : workers) {
      sum = sum.plus(worker.ledger().ledger());
    }
    return sum;
  }

  @Override
  public void announceDrain() {
    health.leave();
  }

  @Override
  public void beginDrain() {
    health.drain();
    Snapshot.Drain drain = currentState().snapshot().drain();
    long spreadNanos = (long) (drain.timeout().toNanos() * drain.jitter());
    listeners.forEach(listener -> listener.drain(spreadNanos));
  }

  @Override
  public boolean awaitIdle(Duration timeout) {
    unbind();
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!isIdle()) {
      if (System.nanoTime() >= deadline || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(10_000_000);
    }
    return true;
  }

  /** Stops accepting; what runs goes on. */
  public void unbind() {
    listeners.forEach(Listener::unbind);
  }

  /** Whether nothing runs and no connection is open. */
  public boolean isIdle() {
    Ledger now = ledger();
    return now.accepted() == now.completed() + now.refused() + now.aborted()
        && listeners.stream().allMatch(listener -> listener.connections() == 0);
  }

  /** Gives clients that were sent away a moment to take what they were told and to close. */
  private void awaitLeavers() {
    long until = System.nanoTime() + LEAVE_NANOS;
    while (System.nanoTime() < until
        && listeners.stream().mapToInt(Listener::connections).sum() > 0) {
      LockSupport.parkNanos(2_000_000);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    unbind();
    listeners.forEach(Listener::shutDown);
    // A loop that is told to stop closes its channels before it runs what was asked of it.
    loops.onEach(i -> pools.get(i).close());
    awaitLeavers();
    listeners.forEach(Listener::shutDown);
    if (isAlone) {
      upkeep.close();
      loops.close();
    }
  }
}
