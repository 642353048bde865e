package io.expressgateway.http;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.filter.FilterRegistry;
import io.expressgateway.filter.HttpFilter;
import io.expressgateway.health.HealthListener;
import io.expressgateway.http.grpc.health.HealthService;
import io.expressgateway.http.listener.Listener;
import io.expressgateway.http.listener.Transport;
import io.expressgateway.http.proxy.ListenerContext;
import io.expressgateway.http.proxy.ProxyState;
import io.expressgateway.http.proxy.RoutePlan;
import io.expressgateway.http.proxy.RouteTimeouts;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.http.upstream.HealthProber;
import io.expressgateway.http.upstream.LoopPools;
import io.expressgateway.http.upstream.NameResolution;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import io.expressgateway.net.HostPort;
import io.expressgateway.route.NamedArguments;
import io.expressgateway.route.Route;
import io.expressgateway.route.RouteTable;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.snapshot.TlsSpec;
import io.expressgateway.tls.ServerTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP data plane: owns the event loops and everything that runs on them, and turns snapshots
 * into what they serve by. Lifecycle methods are called by one thread at a time.
 */
public final class HttpEngine implements HttpDataPlane {

  private static final long TICK_MILLIS = 50;

  /** Behind the end of everything: what a client needs to read its last frame and close. */
  private static final long LEAVE_NANOS = 250_000_000L;

  private final HttpMetrics metrics;
  private final Function<ListenerSpec, AccessLog> accessLogs;
  private final FilterRegistry filters;
  private final Transport transport;
  private final List<EventLoopGroup> groups = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();
  private final List<LoopPools> pools = new ArrayList<>();
  private final List<Listener> listeners = new ArrayList<>();
  private final ClusterTable clusters;
  private final NameResolution names;
  private final HealthProber prober;
  private final HealthService health;

  private volatile @Nullable ProxyState state;
  private volatile Map<String, ListenerContext> contexts = Map.of();
  private volatile boolean closed;

  private HttpEngine(
      HttpEngineOptions options,
      HttpMetrics metrics,
      Function<ListenerSpec, AccessLog> accessLogs,
      @Nullable RequestTracing tracing,
      FilterRegistry filters,
      HealthListener healthListener) {
    this.metrics = metrics;
    this.accessLogs = accessLogs;
    this.filters = filters;
    this.clusters = new ClusterTable(healthListener);
    this.health = new HealthService(clusters::all);
    this.transport = Transport.of(options.transport());
    Bootstrap bootstrap = bootstrap();
    for (int i = 0; i < options.loops(); i++) {
      EventLoopGroup group = transport.newLoop("gateway-" + i);
      groups.add(group);
      Worker worker = new Worker(i, group.next(), metrics, tracing, this::currentState);
      LoopPools loopPools = new LoopPools(worker, bootstrap, options.loops());
      worker.upstreams(loopPools);
      workers.add(worker);
      pools.add(loopPools);
    }
    EventLoop first = workers.getFirst().eventLoop();
    names = new NameResolution(first, transport.datagramChannel());
    prober = new HealthProber(first, bootstrap);
  }

  /**
   * An engine with its event loops, bound to nothing yet.
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
    return new HttpEngine(options, metrics, accessLogs, tracing, filters, healthListener);
  }

  private Bootstrap bootstrap() {
    return new Bootstrap()
        .channel(transport.socketChannel())
        .resolver(NameResolution.resolvers(transport.datagramChannel()))
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(
            ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 64 * 1024));
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
    for (int i = 0; i < workers.size(); i++) {
      startTicks(workers.get(i), pools.get(i));
    }
    try {
      for (ListenerSpec spec : snapshot.listeners()) {
        Listener listener = new Listener(spec, workers, () -> context(spec.name()));
        listener.bind(groups, transport);
        listeners.add(listener);
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

  private void startTicks(Worker worker, LoopPools loopPools) {
    boolean leads = worker.index() == 0;
    worker
        .eventLoop()
        .scheduleAtFixedRate(
            new Runnable() {
              private int turn;

              @Override
              public void run() {
                try {
                  tick(worker, loopPools, leads, turn++);
                } catch (Throwable t) {
                  io.expressgateway.net.OutOfMemory.haltOn(t);
                  metrics.onContainedException(worker.index(), t);
                }
              }
            },
            TICK_MILLIS,
            TICK_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private void tick(Worker worker, LoopPools loopPools, boolean leads, int turn) {
    long now = System.nanoTime();
    worker.date().tick();
    worker.timers().advance(now);
    if (leads && turn % 2 == 0) {
      for (Cluster cluster : clusters.all()) {
        cluster.tick();
      }
    }
    if (turn % 4 == 0) {
      worker.held().count();
    }
    if (turn % 20 == 0) {
      loopPools.sweep(now);
      if (leads) {
        names.refresh(clusters.all());
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
    clusters.update(snapshot.clusters());
    RouteTable table =
        RouteTable.compile(snapshot.routes(), snapshot.apiVersion(), snapshot.hostIncludesPort());
    List<Route> routes = table.routes();
    RoutePlan[] plans = new RoutePlan[routes.size()];
    for (int i = 0; i < plans.length; i++) {
      plans[i] = plan(routes.get(i));
    }
    Map<String, ListenerContext> made = new LinkedHashMap<>();
    List<String> identityHeaders = identityHeaders(snapshot);
    for (ListenerSpec spec : snapshot.listeners()) {
      made.put(
          spec.name(),
          new ListenerContext(
              spec,
              made.size(),
              accessLogs.apply(spec),
              serverTls(spec),
              snapshot.security(),
              identityHeaders));
    }
    contexts = made;
    state = new ProxyState(snapshot, table, plans, this::adHocCluster, health);
    for (Listener listener : listeners) {
      listener.limits(context(listener.name()).spec());
    }
    List<Cluster> all = clusters.publish();
    names.refresh(all);
    workers.getFirst().eventLoop().execute(() -> prober.watch(all));
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
    TlsSpec wanted = spec.tls();
    if (wanted == null) {
      return null;
    }
    ListenerContext before = contexts.get(spec.name());
    ServerTls known = before == null ? null : before.tls();
    return known != null && known.spec().equals(wanted) ? known : ServerTls.of(wanted, known);
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
      names.refresh(List.of(made));
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
    return transport.text();
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
      CountDownLatch counted = new CountDownLatch(workers.size());
      for (int i = 0; i < workers.size(); i++) {
        LoopPools loopPools = pools.get(i);
        workers
            .get(i)
            .eventLoop()
            .execute(() -> {
              synchronized (counts) {
                counts.forEach(loopPools::count);
              }
              counted.countDown();
            });
      }
      await(counted);
    }
    List<PoolCount> rows = new ArrayList<>();
    synchronized (counts) {
      counts.forEach((cluster, n) -> rows.add(new PoolCount(cluster.spec(), n[0], n[1], n[2])));
    }
    return rows;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Ledger ledger() {
    // Ends are read before beginnings, so that a running exchange never shows as one too many.
    long completed = workers.stream().mapToLong(Worker::completed).sum();
    long refused = workers.stream().mapToLong(Worker::refused).sum();
    long aborted = workers.stream().mapToLong(Worker::aborted).sum();
    long accepted = workers.stream().mapToLong(Worker::accepted).sum();
    return new Ledger(accepted, completed, refused, aborted);
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
    listeners.forEach(Listener::unbind);
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!isIdle()) {
      if (System.nanoTime() >= deadline || Thread.currentThread().isInterrupted()) {
        return false;
      }
      java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
    }
    return true;
  }

  private boolean isIdle() {
    Ledger now = ledger();
    return now.accepted() == now.completed() + now.refused() + now.aborted()
        && listeners.stream().allMatch(listener -> listener.connections() == 0);
  }

  /** Runs something on each loop and waits until all have. */
  private void onEachLoop(Consumer<LoopPools> task) {
    CountDownLatch ran = new CountDownLatch(workers.size());
    for (int i = 0; i < workers.size(); i++) {
      LoopPools loopPools = pools.get(i);
      workers
          .get(i)
          .eventLoop()
          .execute(() -> {
            task.accept(loopPools);
            ran.countDown();
          });
    }
    await(ran);
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
    listeners.forEach(Listener::unbind);
    listeners.forEach(Listener::shutDown);
    workers.getFirst().eventLoop().execute(prober::stop);
    // A loop that is told to stop closes its channels before it runs what was asked of it.
    onEachLoop(LoopPools::close);
    awaitLeavers();
    listeners.forEach(Listener::shutDown);
    names.close();
    onEachLoop(loopPools -> {});
    // What io_uring was asked to read comes back, cancelled, a turn after its channel has closed.
    long quietMillis = transport == Transport.IO_URING ? 100 : 0;
    for (EventLoopGroup group : groups) {
      group.shutdownGracefully(quietMillis, 2_000, TimeUnit.MILLISECONDS);
    }
    for (EventLoopGroup group : groups) {
      group.terminationFuture().awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
  }
}
