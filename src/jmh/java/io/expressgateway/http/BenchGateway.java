package io.expressgateway.http;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.filter.FilterRegistry;
import io.expressgateway.health.HealthListener;
import io.expressgateway.metrics.GatewayMetrics;
import io.expressgateway.net.HostPort;
import io.expressgateway.route.NamedArguments;
import io.expressgateway.route.Route;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The data plane as it runs in production, metrics included, with one event loop, one {@code
 * Path=/**} route and one endpoint; only the requests per connection are not limited.
 */
final class BenchGateway implements AutoCloseable {

  private final HttpEngine engine;

  private BenchGateway(HttpEngine engine) {
    this.engine = engine;
  }

  static BenchGateway to(int endpointPort) {
    HttpEngine engine =
        HttpEngine.create(
            new HttpEngineOptions(1, "auto"),
            new GatewayMetrics(10_000),
            spec -> AccessLog.NONE,
            null,
            new FilterRegistry(),
            HealthListener.NONE);
    engine.start(snapshot(ClusterSpec.implicit(new HostPort("127.0.0.1", endpointPort))));
    return new BenchGateway(engine);
  }

  private static Snapshot snapshot(ClusterSpec cluster) {
    ListenerSpec.HttpLimits limits = ListenerSpec.HttpLimits.DEFAULTS;
    ListenerSpec listener =
        new ListenerSpec(
            "web",
            new HostPort("127.0.0.1", 0),
            ListenerSpec.Protocol.HTTP,
            65_536,
            1024,
            List.of(),
            "",
            ListenerSpec.Forwarding.ALL,
            new ListenerSpec.AccessLogSpec("off", "stdout", 1.0),
            new ListenerSpec.HttpLimits(
                limits.headerTimeout(),
                limits.bodyIdleTimeout(),
                limits.minBodyRate(),
                limits.writeStallTimeout(),
                limits.responseTimeout(),
                limits.keepAliveTimeout(),
                Integer.MAX_VALUE,
                limits.maxHeaderBytes(),
                limits.maxHeaderFields(),
                limits.maxBodyBytes(),
                limits.maxPipelined(),
                limits.underscoreHeaders()));
    Route route =
        new Route(
            "all",
            0,
            "lb://" + cluster.name(),
            cluster.name(),
            List.of(new NamedArguments("Path", Map.of("_genkey_0", "/**"))),
            List.of(),
            Map.of(),
            Set.of());
    return new Snapshot(
        1,
        "bench",
        Instant.now(),
        List.of(listener),
        List.of(cluster),
        List.of(route),
        new Snapshot.Drain(Duration.ZERO, Duration.ofSeconds(1), 0));
  }

  int port() {
    return engine.listeners().getFirst().address().getPort();
  }

  @Override
  public void close() {
    engine.close();
  }
}
