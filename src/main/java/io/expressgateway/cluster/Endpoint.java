package io.expressgateway.cluster;

import io.expressgateway.balance.Hash64;
import io.expressgateway.balance.LatencyAverage;
import io.expressgateway.balance.Target;
import io.expressgateway.health.ActiveHealth;
import io.expressgateway.health.Ejection;
import io.expressgateway.health.FailureStreak;
import io.expressgateway.net.HostPort;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One configured endpoint with its live state. Lives as long as its address stays configured: a
 * reload changes its weight and keeps the object. A name that resolves to several addresses is
 * still one endpoint. Made by {@link Cluster}; every public method may be called by any thread.
 */
public final class Endpoint implements Target {

  private final Cluster cluster;
  private final HostPort address;
  private final String label;
  private final String affinityToken;
  private final AddressRotation addresses;

  private final ActiveHealth activeHealth = new ActiveHealth();
  private final FailureStreak failureStreak = new FailureStreak();
  private final Ejection ejection = new Ejection();
  private final Warmth warmth;

  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final LongAdder requests = new LongAdder();
  private final LongAdder failures = new LongAdder();

  private volatile int weight;
  private volatile boolean draining;
  private volatile LatencyAverage latency = LatencyAverage.NONE;

  Endpoint(Cluster cluster, HostPort address, boolean warm) {
    this.cluster = cluster;
    this.address = address;
    this.label = address.toString();
    this.affinityToken = HexFormat.of().toHexDigits(Hash64.of(label));
    this.addresses = new AddressRotation(address);
    this.warmth = new Warmth(warm);
  }

  /** As configured; the label in metrics, logs and the admin API. */
  public HostPort address() {
    return address;
  }

  /** {@link #address()} as text. */
  @Override
  public String label() {
    return label;
  }

  /** The address to connect to next; null while the name is unresolved. Rotates. */
  public @Nullable InetSocketAddress nextAddress() {
    return addresses.next();
  }

  /**
   * Where the name points now; called by the resolver after each answer. An empty answer keeps the
   * last good one.
   */
  public void resolved(InetSocketAddress[] answer) {
    if (addresses.resolved(answer)) {
      cluster.addressesChanged();
    }
  }

  /** Every address that it has now; empty while the name is unresolved. */
  public List<InetSocketAddress> addresses() {
    return addresses.all();
  }

  /** The configured weight. */
  public int weight() {
    return weight;
  }

  void weight(int weight) {
    this.weight = weight;
  }

  /** What the active health check says. */
  public Health health() {
    if (!activeHealth.isDecided()) {
      return Health.UNKNOWN;
    }
    return activeHealth.isFailing() ? Health.UNHEALTHY : Health.HEALTHY;
  }

  /** Whether outlier ejection keeps it out now; in panic it may be picked all the same. */
  public boolean isEjected() {
    return ejection.isEjected();
  }

  /** Whether it takes no new work by an operator's wish. */
  public boolean isDraining() {
    return draining;
  }

  /** Starts or ends a drain. */
  public void draining(boolean draining) {
    this.draining = draining;
    cluster.eligibilityChanged();
  }

  /** A try begins; counts as active until {@link #finished}. */
  public void started() {
    active.incrementAndGet();
    requests.increment();
  }

  /**
   * A try has ended; feeds load-aware balancers and outlier ejection. Exactly once per {@link
   * #started}.
   *
   * @param latencyNanos request sent to response head, or to the failure
   */
  public void finished(Outcome outcome, long latencyNanos) {
    active.decrementAndGet();
    switch (outcome) {
      case SUCCESS -> {
        failureStreak.succeeded();
        latency.succeeded(latencyNanos);
      }
      case FAILURE -> {
        failures.increment();
        latency.failed(latencyNanos);
        cluster.tryFailed(this);
      }
      case CANCELLED -> {}
    }
  }

  /** A connection to it is open; counts until {@link #connectionClosed}. */
  public void connectionOpened() {
    connections.incrementAndGet();
  }

  /** A connection to it is closed. Exactly once per {@link #connectionOpened}. */
  public void connectionClosed() {
    connections.decrementAndGet();
  }

  /** The result of one active check; without a configured check it is ignored. */
  public void checked(boolean success) {
    ClusterSpec.@Nullable HealthCheck check = cluster.spec().healthCheck();
    if (check != null
        && activeHealth.checked(success, check.healthyThreshold(), check.unhealthyThreshold())) {
      cluster.verdictChanged(this);
    }
  }

  /** Tries running now. */
  @Override
  public int active() {
    return active.get();
  }

  /** Connections open now, idle ones included. */
  @Override
  public int connections() {
    return connections.get();
  }

  /** Tries since start. */
  public long requests() {
    return requests.sum();
  }

  /** Failed tries since start. */
  public long failures() {
    return failures.sum();
  }

  /** The latency that the cluster's algorithm looks at. */
  @Override
  public LatencyAverage latency() {
    return latency;
  }

  void latency(LatencyAverage latency) {
    this.latency = latency;
  }

  /**
   * What the affinity cookie carries to come back here: 16 hexadecimal digits, the same in every
   * gateway and after every restart, made of the configured address and saying nothing of it.
   */
  @Override
  public String affinityToken() {
    return affinityToken;
  }

  ActiveHealth activeHealth() {
    return activeHealth;
  }

  FailureStreak failureStreak() {
    return failureStreak;
  }

  Ejection ejection() {
    return ejection;
  }

  Warmth warmth() {
    return warmth;
  }

  /** The label. */
  @Override
  public String toString() {
    return label;
  }

  /** What an active check says. */
  public enum Health {
    /** Passed its last checks. */
    HEALTHY,
    /** Failed its last checks. */
    UNHEALTHY,
    /** Not checked yet, or no check configured; used like a healthy one. */
    UNKNOWN
  }

  /** How a try ended. */
  public enum Outcome {
    /** A response that is no server failure. */
    SUCCESS,
    /** A connect error, reset, time-out, malformed response, or status 500, 502, 503, 504. */
    FAILURE,
    /** Ended by the client or the gateway; says nothing about the endpoint. */
    CANCELLED
  }
}
