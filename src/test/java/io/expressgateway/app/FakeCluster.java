package io.expressgateway.app;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.health.HealthListener;
import io.expressgateway.net.HostPort;
import io.expressgateway.net.Ticker;
import java.util.List;

/** A cluster of one endpoint that has seen a hundred tries, seven failed, four still running. */
final class FakeCluster {

  private FakeCluster() {}

  static Cluster named(String name, String address) {
    HostPort hostPort = HostPort.parse(address);
    ClusterSpec defaults = ClusterSpec.implicit(hostPort);
    ClusterSpec spec =
        new ClusterSpec(
            name,
            defaults.protocol(),
            defaults.balancer(),
            defaults.hashOn(),
            defaults.affinityCookie(),
            defaults.slowStart(),
            defaults.connectTimeout(),
            defaults.firstByteTimeout(),
            defaults.retry(),
            List.of(new ClusterSpec.EndpointSpec(hostPort, 1)),
            new ClusterSpec.HealthCheck(
                "tcp",
                "/",
                java.time.Duration.ofSeconds(5),
                java.time.Duration.ofSeconds(1),
                1,
                1,
                200,
                399,
                null),
            new ClusterSpec.Outlier(false, false, 5, java.time.Duration.ofSeconds(30), 50, 50),
            defaults.pool(),
            false);
    Cluster cluster = Cluster.create(spec, Ticker.SYSTEM, HealthListener.NONE);
    Endpoint endpoint = cluster.endpoints().getFirst();
    endpoint.checked(true);
    for (int i = 0; i < 100; i++) {
      endpoint.started();
    }
    for (int i = 0; i < 96; i++) {
      endpoint.finished(
          i % 14 == 0 ? Endpoint.Outcome.FAILURE : Endpoint.Outcome.SUCCESS, 1_000_000);
    }
    return cluster;
  }
}
