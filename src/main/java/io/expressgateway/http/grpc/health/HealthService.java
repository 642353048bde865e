package io.expressgateway.http.grpc.health;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.http.proxy.Exchange;
import io.expressgateway.http.proxy.LocalService;
import io.expressgateway.http.proxy.Upstream;
import io.expressgateway.message.RequestHead;
import io.expressgateway.snapshot.ListenerSpec;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code grpc.health.v1.Health} on the listeners that have {@code http.grpc.health-service}: the
 * empty service is the gateway, every other one the cluster of that name, which serves when it has
 * an endpoint that may be used. Safe for any thread.
 */
public final class HealthService implements LocalService {

  private static final String PREFIX = "/grpc.health.v1.Health/";

  private final Supplier<? extends Collection<Cluster>> clusters;
  private volatile boolean leaving;
  private volatile boolean draining;

  /** A service that asks {@code clusters} anew for every answer. */
  public HealthService(Supplier<? extends Collection<Cluster>> clusters) {
    this.clusters = clusters;
  }

  /** From now on nothing serves: those in front shall send their calls elsewhere. */
  public void leave() {
    leaving = true;
  }

  /** From now on whoever watches is sent away too, so that a drain need not wait for them. */
  public void drain() {
    leaving = true;
    draining = true;
  }

  boolean isDraining() {
    return draining;
  }

  @Override
  public boolean serves(ListenerSpec listener, RequestHead head) {
    return listener.http().grpc().healthService() && head.path().startsWith(PREFIX);
  }

  @Override
  public Upstream open(Exchange exchange) {
    return new HealthStream(this, exchange);
  }

  static String method(RequestHead head) {
    return head.path().substring(PREFIX.length());
  }

  /** The status of a service; null when there is none of that name. */
  @Nullable ServingStatus status(String service) {
    if (service.isEmpty()) {
      return leaving ? ServingStatus.NOT_SERVING : ServingStatus.SERVING;
    }
    for (Cluster cluster : clusters.get()) {
      if (cluster.spec().name().equals(service)) {
        return status(cluster);
      }
    }
    return null;
  }

  private ServingStatus status(Cluster cluster) {
    return !leaving && cluster.hasUsableEndpoint()
        ? ServingStatus.SERVING
        : ServingStatus.NOT_SERVING;
  }

  Map<String, ServingStatus> all() {
    Map<String, ServingStatus> statuses = new TreeMap<>();
    statuses.put("", leaving ? ServingStatus.NOT_SERVING : ServingStatus.SERVING);
    clusters.get().forEach(cluster -> statuses.put(cluster.spec().name(), status(cluster)));
    return statuses;
  }
}
