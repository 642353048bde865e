package io.expressgateway.app;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.cluster.PickRequest;
import io.expressgateway.net.HostPort;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** A cluster of one endpoint that only has facts. */
final class FakeCluster implements Cluster {

  private final ClusterSpec spec;
  private final Endpoint endpoint;

  FakeCluster(String name, String address) {
    HostPort hostPort = HostPort.parse(address);
    this.spec =
        new ClusterSpec(
            name,
            ClusterSpec.Protocol.HTTP1,
            "round-robin",
            "source-ip",
            "EG_AFFINITY",
            Duration.ZERO,
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            new ClusterSpec.Retry(20, 65_536),
            List.of(new ClusterSpec.EndpointSpec(hostPort, 1)),
            null,
            new ClusterSpec.Outlier(true, false, 5, Duration.ofSeconds(30), 50, 50),
            new ClusterSpec.Pool(1024, 1024, Duration.ofSeconds(60), Duration.ofSeconds(300)),
            false);
    this.endpoint = new FakeEndpoint(hostPort);
  }

  @Override
  public ClusterSpec spec() {
    return spec;
  }

  @Override
  public Endpoint pick(PickRequest request) {
    return endpoint;
  }

  @Override
  public List<Endpoint> endpoints() {
    return List.of(endpoint);
  }

  @Override
  public Endpoint endpoint(String address) {
    return endpoint.address().toString().equals(address) ? endpoint : null;
  }

  private static final class FakeEndpoint implements Endpoint {
    private final HostPort address;
    private volatile boolean draining;

    FakeEndpoint(HostPort address) {
      this.address = address;
    }

    @Override
    public HostPort address() {
      return address;
    }

    @Override
    public InetSocketAddress nextAddress() {
      return null;
    }

    @Override
    public void resolved(InetSocketAddress[] addresses) {}

    @Override
    public int weight() {
      return 1;
    }

    @Override
    public Health health() {
      return Health.HEALTHY;
    }

    @Override
    public boolean isEjected() {
      return false;
    }

    @Override
    public boolean isDraining() {
      return draining;
    }

    @Override
    public void draining(boolean wanted) {
      draining = wanted;
    }

    @Override
    public void started() {}

    @Override
    public void finished(Outcome outcome, long latencyNanos) {}

    @Override
    public void checked(boolean success) {}

    @Override
    public int active() {
      return 4;
    }

    @Override
    public long requests() {
      return 100;
    }

    @Override
    public long failures() {
      return 7;
    }
  }
}
