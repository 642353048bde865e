package io.expressgateway.http;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.ClusterSpec.EndpointSpec;
import io.expressgateway.filter.FilterRegistry;
import io.expressgateway.health.HealthListener;
import io.expressgateway.limit.Rules;
import io.expressgateway.net.HostPort;
import io.expressgateway.route.NamedArguments;
import io.expressgateway.route.Route;
import io.expressgateway.route.VersionSettings;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.snapshot.TlsSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A running data plane for tests: one listener on a free port, its routes and clusters as given.
 */
public final class Gateway implements AutoCloseable {

  private final HttpEngine engine;
  public final RecordingMetrics metrics;

  private Gateway(HttpEngine engine, RecordingMetrics metrics) {
    this.engine = engine;
    this.metrics = metrics;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A gateway with one catch-all route to these endpoints. */
  public static Gateway to(int... ports) {
    return builder().endpoints(ports).start();
  }

  public int port() {
    return engine.listeners().getFirst().address().getPort();
  }

  public HttpEngine engine() {
    return engine;
  }

  @Override
  public void close() {
    engine.close();
  }

  /** What a test changes of the defaults. */
  public static final class Builder {
    private final List<Route> routes = new ArrayList<>();
    private final List<EndpointSpec> endpoints = new ArrayList<>();
    private UnaryOperator<ClusterSpec> cluster = UnaryOperator.identity();
    private UnaryOperator<ListenerSpec> listener = UnaryOperator.identity();
    private FilterRegistry filters = new FilterRegistry();
    private int loops = 1;
    private String transport = "auto";
    private final ClusterSpec defaults = ClusterSpec.implicit(new HostPort("127.0.0.1", 1));
    private ClusterSpec.Protocol protocol = ClusterSpec.Protocol.HTTP1;
    private String balancer = defaults.balancer();
    private String hashOn = defaults.hashOn();
    private Duration connectTimeout = defaults.connectTimeout();
    private Duration firstByteTimeout = defaults.firstByteTimeout();
    private ClusterSpec.Retry retry = defaults.retry();
    private ClusterSpec.HealthCheck healthCheck;
    private ClusterSpec.Outlier outlier = defaults.outlier();
    private ClusterSpec.Pool pool = defaults.pool();
    private ListenerSpec.HttpLimits limits = ListenerSpec.HttpLimits.DEFAULTS;
    private @Nullable TlsSpec tls;
    private ClusterSpec.@Nullable Tls endpointTls;
    private Rules rules = Rules.DEFAULTS;
    private double drainJitter;
    private int port;

    public Builder endpoints(int... ports) {
      for (int port : ports) {
        endpoints.add(new EndpointSpec(new HostPort("127.0.0.1", port), 1));
      }
      return this;
    }

    public Builder loops(int loops) {
      this.loops = loops;
      return this;
    }

    public Builder transport(String transport) {
      this.transport = transport;
      return this;
    }

    public Builder filters(FilterRegistry filters) {
      this.filters = filters;
      return this;
    }

    public Builder cluster(UnaryOperator<ClusterSpec> change) {
      this.cluster = change;
      return this;
    }

    public Builder listener(UnaryOperator<ListenerSpec> change) {
      this.listener = change;
      return this;
    }

    /** An endpoint by name. */
    public Builder endpoint(String host, int port) {
      endpoints.add(new EndpointSpec(new HostPort(host, port), 1));
      return this;
    }

    /** What the endpoints speak. */
    public Builder protocol(ClusterSpec.Protocol spoken) {
      protocol = spoken;
      return this;
    }

    public Builder balancer(String name, String on) {
      balancer = name;
      hashOn = on;
      return this;
    }

    public Builder connectTimeout(Duration timeout) {
      connectTimeout = timeout;
      return this;
    }

    public Builder firstByteTimeout(Duration timeout) {
      firstByteTimeout = timeout;
      return this;
    }

    public Builder retry(int budgetPercent, int replayBufferBytes) {
      retry = new ClusterSpec.Retry(budgetPercent, replayBufferBytes);
      return this;
    }

    public Builder healthCheck(ClusterSpec.HealthCheck check) {
      healthCheck = check;
      return this;
    }

    public Builder outlier(ClusterSpec.Outlier policy) {
      outlier = policy;
      return this;
    }

    public Builder pool(ClusterSpec.Pool limits) {
      pool = limits;
      return this;
    }

    public Builder limits(UnaryOperator<ListenerSpec.HttpLimits> change) {
      limits = change.apply(ListenerSpec.HttpLimits.DEFAULTS);
      return this;
    }

    /** Timers of the listener; the other limits keep their defaults. */
    public Builder timers(Duration bodyIdle, Duration writeStall, Duration response) {
      return limits(d ->
          new ListenerSpec.HttpLimits(
              d.headerTimeout(),
              bodyIdle,
              d.minBodyRate(),
              writeStall,
              response,
              d.keepAliveTimeout(),
              d.maxKeepAliveRequests(),
              d.maxHeaderBytes(),
              d.maxHeaderFields(),
              1L << 40,
              d.maxPipelined(),
              d.underscoreHeaders()));
    }

    /** How long the listener's connections live; the other limits stay as they are. */
    public Builder maxConnectionAge(Duration age) {
      ListenerSpec.HttpLimits d = limits;
      limits =
          new ListenerSpec.HttpLimits(
              d.headerTimeout(),
              d.bodyIdleTimeout(),
              d.minBodyRate(),
              d.writeStallTimeout(),
              d.responseTimeout(),
              d.keepAliveTimeout(),
              d.maxKeepAliveRequests(),
              d.maxHeaderBytes(),
              d.maxHeaderFields(),
              d.maxBodyBytes(),
              d.maxPipelined(),
              d.underscoreHeaders(),
              d.maxStreams(),
              d.windowBytes(),
              age,
              d.webSocket(),
              d.grpc());
      return this;
    }

    /** The listener is https with these certificates. */
    public Builder tls(TlsSpec certificates) {
      tls = certificates;
      return this;
    }

    /** The endpoints are spoken to over TLS. */
    public Builder endpointTls(ClusterSpec.Tls verified) {
      endpointTls = verified;
      return this;
    }

    /** How strict to be with clients. */
    public Builder rules(Rules changed) {
      rules = changed;
      return this;
    }

    /** The share of a drain's five seconds over which idle connections leave. */
    public Builder drainJitter(double share) {
      drainJitter = share;
      return this;
    }

    /** The listener's port; 0, the default, for any free one. */
    public Builder port(int number) {
      port = number;
      return this;
    }

    public Builder route(
        String id,
        List<String> predicates,
        List<NamedArguments> filters,
        Map<String, Object> meta) {
      routes.add(
          new Route(
              id,
              0,
              "lb://test",
              "test",
              predicates.stream().map(Gateway::shortcut).toList(),
              filters,
              meta,
              Set.of()));
      return this;
    }

    public Gateway start() {
      RecordingMetrics metrics = new RecordingMetrics();
      HttpEngine engine =
          HttpEngine.create(
              new HttpEngineOptions(loops, transport),
              metrics,
              spec -> AccessLog.NONE,
              null,
              filters,
              HealthListener.NONE);
      try {
        engine.start(snapshot());
      } catch (RuntimeException e) {
        engine.close();
        throw e;
      }
      return new Gateway(engine, metrics);
    }

    /** The snapshot as built so far. */
    public Snapshot snapshot() {
      if (routes.isEmpty()) {
        route("all", List.of(), List.of(), Map.of());
      }
      ClusterSpec spec =
          new ClusterSpec(
              "test",
              protocol,
              balancer,
              hashOn,
              defaults.affinityCookie(),
              defaults.slowStart(),
              connectTimeout,
              firstByteTimeout,
              retry,
              endpoints,
              healthCheck,
              outlier,
              pool,
              endpointTls,
              false);
      ListenerSpec web =
          new ListenerSpec(
              "web",
              new HostPort("127.0.0.1", port),
              tls == null ? ListenerSpec.Protocol.HTTP : ListenerSpec.Protocol.HTTPS,
              65_536,
              65_536,
              List.of(),
              "",
              ListenerSpec.Forwarding.ALL,
              new ListenerSpec.AccessLogSpec("off", "stdout", 1.0),
              limits,
              tls);
      return new Snapshot(
          1,
          "test",
          Instant.now(),
          List.of(listener.apply(web)),
          List.of(cluster.apply(spec)),
          routes,
          new Snapshot.Drain(Duration.ZERO, Duration.ofSeconds(5), drainJitter),
          VersionSettings.NONE,
          true,
          rules);
    }
  }

  /** {@code Name=a,b} as Spring Cloud Gateway splits it. */
  public static NamedArguments shortcut(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      return new NamedArguments(text, Map.of());
    }
    Map<String, String> arguments = new java.util.LinkedHashMap<>();
    String[] values = text.substring(equals + 1).split(",", -1);
    for (int i = 0; i < values.length; i++) {
      arguments.put("_genkey_" + i, values[i].strip());
    }
    return new NamedArguments(text.substring(0, equals), arguments);
  }
}
