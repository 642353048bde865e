package io.expressgateway.cluster;

import io.expressgateway.cluster.ClusterSpec.EndpointSpec;
import io.expressgateway.cluster.ClusterSpec.HealthCheck;
import io.expressgateway.cluster.ClusterSpec.Outlier;
import io.expressgateway.cluster.ClusterSpec.Pool;
import io.expressgateway.cluster.ClusterSpec.Protocol;
import io.expressgateway.cluster.ClusterSpec.Retry;
import io.expressgateway.cluster.Endpoint.Outcome;
import io.expressgateway.health.HealthListener;
import io.expressgateway.net.HostPort;
import io.expressgateway.testing.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Plumbing of the cluster tests: specs to vary, a clock, recorded events. */
final class ClusterFixture implements HealthListener {

  final FakeTicker ticker = new FakeTicker();
  final List<String> events = new ArrayList<>();
  String balancer = "round-robin";
  Duration slowStart = Duration.ZERO;
  boolean checked = true;
  Outlier outlier = new Outlier(true, false, 3, Duration.ofSeconds(30), 50, 50);
  List<EndpointSpec> endpoints = new ArrayList<>();

  /** Endpoints 10.0.0.1:80, 10.0.0.2:80... with these weights. */
  ClusterFixture endpoints(int... weights) {
    endpoints = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      endpoints.add(new EndpointSpec(HostPort.parse("10.0.0." + (i + 1) + ":80"), weights[i]));
    }
    return this;
  }

  ClusterSpec spec() {
    return new ClusterSpec(
        "orders",
        Protocol.HTTP1,
        balancer,
        "source-ip",
        "EG_AFFINITY",
        slowStart,
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        new Retry(20, 65_536),
        endpoints,
        checked
            ? new HealthCheck(
                "http", "/", Duration.ofSeconds(5), Duration.ofSeconds(1), 2, 3, 200, 399, null)
            : null,
        outlier,
        new Pool(1024, 1024, Duration.ofSeconds(60), Duration.ofSeconds(300)),
        false);
  }

  Cluster create() {
    SplittableRandom random = new SplittableRandom(5);
    return Cluster.create(spec(), ticker, random::nextLong, this);
  }

  static void fail(Endpoint endpoint, int times) {
    for (int i = 0; i < times; i++) {
      endpoint.started();
      endpoint.finished(Outcome.FAILURE, 1_000);
    }
  }

  static void unhealthy(Endpoint endpoint) {
    for (int i = 0; i < 3; i++) {
      endpoint.checked(false);
    }
  }

  /** The last numbers of the endpoints that hashes 0 to 999 reach, in order. */
  static Set<String> reached(Cluster cluster) {
    Set<String> reached = new TreeSet<>();
    for (int i = 0; i < 1_000; i++) {
      Endpoint picked = cluster.pick(request(i));
      if (picked != null) {
        reached.add(number(picked));
      }
    }
    return reached;
  }

  static double share(Cluster cluster, int endpoint, int picks) {
    int count = 0;
    for (int i = 0; i < picks; i++) {
      count += cluster.pick(request(i)) == cluster.endpoints().get(endpoint) ? 1 : 0;
    }
    return (double) count / picks;
  }

  static String number(Endpoint endpoint) {
    String host = endpoint.address().host();
    return host.substring(host.lastIndexOf('.') + 1);
  }

  static PickRequest request(long hash, Endpoint... tried) {
    return request(hash, null, tried);
  }

  static PickRequest request(long hash, @Nullable String affinity, Endpoint... tried) {
    return new PickRequest() {
      @Override
      public long hash() {
        return hash;
      }

      @Override
      public @Nullable String affinity() {
        return affinity;
      }

      @Override
      public boolean isTried(Endpoint endpoint) {
        return List.of(tried).contains(endpoint);
      }
    };
  }

  @Override
  public void onEjected(String cluster, String endpoint, Duration duration) {
    events.add("ejected " + endpoint + " " + duration.toSeconds());
  }

  @Override
  public void onWouldEject(String cluster, String endpoint) {
    events.add("would eject " + endpoint);
  }

  @Override
  public void onEjectionRefused(String cluster, String endpoint) {
    events.add("refused " + endpoint);
  }

  @Override
  public void onReadmitted(String cluster, String endpoint) {
    events.add("readmitted " + endpoint);
  }

  @Override
  public void onHealthy(String cluster, String endpoint) {
    events.add("healthy " + endpoint);
  }

  @Override
  public void onUnhealthy(String cluster, String endpoint) {
    events.add("unhealthy " + endpoint);
  }
}
