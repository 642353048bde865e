package io.expressgateway.cluster;

import io.expressgateway.balance.BalancerContext;
import io.expressgateway.balance.Balancers;
import io.expressgateway.balance.Candidates;
import io.expressgateway.balance.LoadBalancer;
import io.expressgateway.balance.RandomSource;
import io.expressgateway.health.HealthListener;
import io.expressgateway.health.OutlierPolicy;
import io.expressgateway.limit.RetryBudget;
import io.expressgateway.net.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A cluster with its live endpoints, from the first snapshot that names it to the last.
 *
 * <p>Picking reads one volatile: a balancer built for exactly the endpoints that may be used now,
 * with the weights that they have now. It is rebuilt, under a lock, only when one of these changes:
 * by a reload, a drain, a verdict of the active checks, an ejection or its end, a step of a slow
 * start. What depends on time happens in {@link #tick}.
 */
public final class Cluster {

  private final BalancerContext context;
  private final HealthListener listener;
  private final RetryBudget retryBudget;

  private final List<ClusterObserver> observers = new CopyOnWriteArrayList<>();

  /** Held while the view is rebuilt; listeners are called after it is released. */
  private final Object lock = new Object();

  private volatile ClusterView view;

  private Cluster(ClusterSpec spec, BalancerContext context, HealthListener listener) {
    this.context = context;
    this.listener = listener;
    this.retryBudget = new RetryBudget(spec.retry().budgetPercent(), context.ticker());
    this.view = ClusterView.empty(spec);
  }

  /** A cluster with real random numbers; see the other one. */
  public static Cluster create(ClusterSpec spec, Ticker ticker, HealthListener listener) {
    return create(spec, ticker, RandomSource.SYSTEM, listener);
  }

  /**
   * A cluster all of whose endpoints are available at full weight.
   *
   * @throws IllegalArgumentException when the balancer is unknown or two endpoints share an address
   */
  public static Cluster create(
      ClusterSpec spec, Ticker ticker, RandomSource random, HealthListener listener) {
    Cluster cluster = new Cluster(spec, new BalancerContext(ticker, random), listener);
    synchronized (cluster.lock) {
      cluster.replaceEndpoints(spec, true);
    }
    return cluster;
  }

  /** The facts as configured. */
  public ClusterSpec spec() {
    return view.spec;
  }

  /**
   * Serves by this spec from now on. Endpoints whose address stays keep their object and all of its
   * state; new ones begin a slow start; the others take no new work. Not on an event loop.
   *
   * @throws IllegalArgumentException when the spec is of another cluster, its balancer is unknown
   *     or two endpoints share an address; nothing has changed then
   */
  public void update(ClusterSpec spec) {
    if (!spec.name().equals(spec().name())) {
      throw new IllegalArgumentException(spec().name() + " cannot become " + spec.name());
    }
    List<Endpoint> readmitted = new ArrayList<>();
    synchronized (lock) {
      replaceEndpoints(spec, false);
      if (!view.outlier.enabled() || view.outlier.observeOnly()) {
        readmit(readmitted, true);
      }
    }
    retryBudget.percent(spec.retry().budgetPercent());
    readmitted.forEach(e -> listener.onReadmitted(spec.name(), e.label()));
  }

  private void replaceEndpoints(ClusterSpec spec, boolean warm) {
    ClusterView before = view;
    Map<String, Endpoint> known = new HashMap<>();
    before.endpoints.forEach(e -> known.put(e.label(), e));
    Map<String, ClusterSpec.EndpointSpec> wanted = new HashMap<>();
    for (ClusterSpec.EndpointSpec each : spec.endpoints()) {
      if (wanted.put(each.address().toString(), each) != null) {
        throw new IllegalArgumentException(spec.name() + " has " + each.address() + " twice");
      }
    }
    if (!Balancers.names().contains(spec.balancer())) {
      throw new IllegalArgumentException("no balancer is called '" + spec.balancer() + "'");
    }
    boolean otherLatency = !spec.balancer().equals(before.spec.balancer());
    List<Endpoint> endpoints = new ArrayList<>();
    for (ClusterSpec.EndpointSpec each : spec.endpoints()) {
      Endpoint kept = known.get(each.address().toString());
      Endpoint endpoint = kept == null ? new Endpoint(this, each.address(), warm) : kept;
      endpoint.weight(each.weight());
      if (kept == null || otherLatency) {
        endpoint.latency(Balancers.latencyFor(spec.balancer(), context.ticker()));
      }
      if (spec.healthCheck() == null) {
        endpoint.activeHealth().forget();
      }
      endpoints.add(endpoint);
    }
    rebuild(spec, endpoints);
  }

  /**
   * The endpoint for one try, or null when none may be used. Any thread, no lock, no allocation. An
   * endpoint that the request has tried is avoided while another may be used.
   *
   * @param request hash, affinity and endpoints already tried
   */
  public @Nullable Endpoint pick(PickRequest request) {
    LoadBalancer<Endpoint> balancer = view.balancer;
    return balancer == null ? null : balancer.pick(request);
  }

  /** Whether {@link #pick} finds anybody now. Any thread. */
  public boolean hasUsableEndpoint() {
    return view.balancer != null;
  }

  /**
   * Who takes new work now, with the share of each: what the balancer was built of. Any thread.
   *
   * @return in configuration order; empty when nobody may be picked
   */
  public List<Share> shares() {
    return view.shares;
  }

  /** Tells the observer of every change of {@link #shares} or of an endpoint's addresses. */
  public void observe(ClusterObserver observer) {
    observers.add(observer);
  }

  /** Ends {@link #observe}. */
  public void forget(ClusterObserver observer) {
    observers.remove(observer);
  }

  /** The endpoints in configuration order. */
  public List<Endpoint> endpoints() {
    return view.endpoints;
  }

  /** The endpoint with this {@code host:port}, or null. */
  public @Nullable Endpoint endpoint(String address) {
    for (Endpoint endpoint : view.endpoints) {
      if (endpoint.label().equals(address)) {
        return endpoint;
      }
    }
    return null;
  }

  /** Whether so few endpoints are available that all are used again. */
  public boolean isPanicking() {
    return view.panicking;
  }

  /** The cluster's retry budget; outlives reloads. */
  public RetryBudget retryBudget() {
    return retryBudget;
  }

  /**
   * Lets time pass: ends ejections that are over and takes steps of slow starts. To be called about
   * every 100 ms by one thread, an event loop may do; cheap when nothing is due.
   */
  public void tick() {
    if (!view.waiting) {
      return;
    }
    List<Endpoint> readmitted = new ArrayList<>();
    synchronized (lock) {
      readmit(readmitted, false);
      if (readmitted.isEmpty() && isStepDue()) {
        rebuild();
      }
    }
    readmitted.forEach(e -> listener.onReadmitted(spec().name(), e.label()));
  }

  private void readmit(List<Endpoint> readmitted, boolean all) {
    long now = context.ticker().nanos();
    for (Endpoint endpoint : view.endpoints) {
      if (endpoint.isEjected() && (all || endpoint.ejection().isOver(now))) {
        endpoint.ejection().end(now);
        readmitted.add(endpoint);
      }
    }
    if (!readmitted.isEmpty()) {
      rebuild();
    }
  }

  private boolean isStepDue() {
    long now = context.ticker().nanos();
    for (Endpoint endpoint : view.endpoints) {
      if (endpoint.warmth().step() != endpoint.warmth().stepAt(now, view.slowStartNanos)) {
        return true;
      }
    }
    return false;
  }

  /** A drain has begun or ended. */
  void eligibilityChanged() {
    synchronized (lock) {
      rebuild();
    }
  }

  /** Active checks have turned. */
  void verdictChanged(Endpoint endpoint) {
    eligibilityChanged();
    if (endpoint.health() == Endpoint.Health.UNHEALTHY) {
      listener.onUnhealthy(spec().name(), endpoint.label());
    } else {
      listener.onHealthy(spec().name(), endpoint.label());
    }
  }

  /** Live traffic has seen a failure. */
  void tryFailed(Endpoint endpoint) {
    OutlierPolicy policy = view.outlier;
    if (!policy.enabled() || !endpoint.failureStreak().failed(policy.consecutiveFailures())) {
      return;
    }
    String name = spec().name();
    if (policy.observeOnly()) {
      listener.onWouldEject(name, endpoint.label());
      return;
    }
    long nanos;
    synchronized (lock) {
      // A reload may have removed it, or another thread may have been first.
      if (endpoint.isEjected() || !view.endpoints.contains(endpoint)) {
        return;
      }
      nanos = ejectIfAllowed(endpoint, policy);
    }
    if (nanos > 0) {
      listener.onEjected(name, endpoint.label(), Duration.ofNanos(nanos));
    } else {
      listener.onEjectionRefused(name, endpoint.label());
    }
  }

  private long ejectIfAllowed(Endpoint endpoint, OutlierPolicy policy) {
    int ejected = (int) view.endpoints.stream().filter(Endpoint::isEjected).count();
    if (!policy.allowsAnother(ejected, view.endpoints.size())) {
      return 0;
    }
    long nanos = endpoint.ejection().begin(context.ticker().nanos(), policy.baseNanos());
    rebuild();
    return nanos;
  }

  private void rebuild() {
    rebuild(view.spec, view.endpoints);
  }

  /** Publishes who may be picked now. With the lock held. */
  private void rebuild(ClusterSpec spec, List<Endpoint> endpoints) {
    long now = context.ticker().nanos();
    long slowStartNanos = spec.slowStart().toNanos();
    boolean warming = false;
    for (Endpoint endpoint : endpoints) {
      endpoint.warmth().observe(Eligibility.isAvailable(endpoint), now, slowStartNanos);
      warming |= endpoint.warmth().step() != Warmth.FULL;
    }
    Eligibility eligibility = Eligibility.of(endpoints, spec.outlier().panicThreshold());
    List<Share> shares = shares(eligibility.usable(), warming);
    view =
        new ClusterView(
            spec,
            List.copyOf(endpoints),
            shares,
            balancer(spec, shares),
            eligibility.panicking(),
            warming || endpoints.stream().anyMatch(Endpoint::isEjected));
    changed();
  }

  /** An endpoint's name points elsewhere. */
  void addressesChanged() {
    changed();
  }

  private void changed() {
    observers.forEach(observer -> observer.onChange(this));
  }

  private static List<Share> shares(List<Endpoint> usable, boolean warming) {
    List<Share> shares = new ArrayList<>();
    for (Endpoint endpoint : usable) {
      long weight = (long) endpoint.weight() * (warming ? endpoint.warmth().step() : 1);
      shares.add(new Share(endpoint, (int) Math.min(weight, Integer.MAX_VALUE)));
    }
    return List.copyOf(shares);
  }

  private @Nullable LoadBalancer<Endpoint> balancer(ClusterSpec spec, List<Share> shares) {
    if (shares.isEmpty()) {
      return null;
    }
    List<Endpoint> usable = shares.stream().map(Share::endpoint).toList();
    int[] weights = shares.stream().mapToInt(Share::weight).toArray();
    return Balancers.create(spec.balancer(), new Candidates<>(usable, weights), context);
  }
}
