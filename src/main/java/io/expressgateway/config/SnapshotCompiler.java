package io.expressgateway.config;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.config.bind.BoundKeys;
import io.expressgateway.config.bind.PropertyTree;
import io.expressgateway.config.bind.StrictBinder;
import io.expressgateway.config.compile.ClusterCompiler;
import io.expressgateway.config.compile.ContentHash;
import io.expressgateway.config.compile.DefaultListener;
import io.expressgateway.config.compile.ImplicitClusters;
import io.expressgateway.config.compile.KeyFiles;
import io.expressgateway.config.compile.ListenerCompiler;
import io.expressgateway.config.compile.RelayClusters;
import io.expressgateway.config.compile.RouteDefinitionCompiler;
import io.expressgateway.config.compile.RouteSetting;
import io.expressgateway.config.compile.SecurityCompiler;
import io.expressgateway.config.compile.SettingsCompiler;
import io.expressgateway.config.compile.SslBundleKeys;
import io.expressgateway.config.compile.VersionKeys;
import io.expressgateway.config.compile.XdpCompiler;
import io.expressgateway.config.properties.DrainProperties;
import io.expressgateway.config.properties.ExpressGatewayProperties;
import io.expressgateway.config.properties.ListenerProperties;
import io.expressgateway.config.spring.ForwardingSwitches;
import io.expressgateway.config.spring.RouteDefinitions;
import io.expressgateway.config.spring.SpringKeys;
import io.expressgateway.config.spring.SpringValues;
import io.expressgateway.config.spring.WrittenKeys;
import io.expressgateway.limit.Rules;
import io.expressgateway.route.Route;
import io.expressgateway.route.VersionSettings;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.snapshot.XdpSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Compiles an environment and route definitions to one snapshot, or to every reason why not. A pure
 * function: reads the environment, changes nothing, resolves no name and binds nothing. Any thread.
 * The environment must have passed {@link
 * io.expressgateway.config.spring.GatewayEnvironment#apply}.
 */
public final class SnapshotCompiler {

  private static final String ROOT = "expressgateway";

  private final Vocabulary vocabulary;

  /** Compiles with what {@code vocabulary} says can be done. */
  public SnapshotCompiler(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /**
   * Compiles all of it.
   *
   * @param definitions from every locator, in the locators' order
   * @param version of the snapshot
   * @param now when it is made; no part of the hash
   */
  public Compilation compile(
      ConfigurableEnvironment environment,
      List<RouteDefinition> definitions,
      long version,
      Instant now) {
    Problems problems = new Problems();
    WrittenKeys written = WrittenKeys.of(environment);
    SpringValues values = new SpringValues(written, problems);
    ExpressGatewayProperties properties = bind(environment, problems);
    boolean explicitListeners = PropertyTree.read(environment, ROOT).child("listeners").isSet();
    new SpringKeys(written, problems).judge(explicitListeners);
    ProcessSettings settings = new SettingsCompiler(values, written, problems).compile(properties);

    KeyFiles files = new KeyFiles(problems, properties.tls().worldReadableKeys().equals("warn"));
    SslBundleKeys bundles = new SslBundleKeys(environment, written, files, problems);
    List<ListenerSpec> listeners =
        listeners(
            properties,
            explicitListeners,
            definitions,
            values,
            new ListenerCompiler(problems, files, bundles),
            problems);
    ClusterCompiler clusterCompiler =
        new ClusterCompiler(problems, vocabulary.balancers(), files, bundles);
    List<ClusterSpec> clusters = new ArrayList<>(clusterCompiler.compile(properties.clusters()));
    new RelayClusters(problems, clusters).check(properties.listeners());
    XdpSpec xdp =
        new XdpCompiler(problems).compile(properties.xdp(), properties.listeners(), clusters);
    ImplicitClusters implicit =
        ImplicitClusters.with(
            clusterCompiler, values, properties.clusters(), files, bundles, problems);
    RouteSetting setting =
        new RouteSetting(
            properties.clusters().stream().map(c -> c.name()).collect(Collectors.toSet()),
            properties.clusters().stream()
                .filter(c -> c.tls().enabled())
                .map(c -> c.name())
                .collect(Collectors.toSet()),
            listeners.stream().map(ListenerSpec::name).collect(Collectors.toSet()),
            listeners.stream()
                .filter(listener -> listener.protocol().isRelayed())
                .map(ListenerSpec::name)
                .collect(Collectors.toSet()),
            clusters.stream()
                .filter(cluster -> !cluster.protocol().isHttp())
                .map(ClusterSpec::name)
                .collect(Collectors.toSet()),
            RouteDefinitions.defaultFilters(environment, problems),
            settings.failOnRouteDefinitionError());
    RouteDefinitionCompiler routeCompiler =
        new RouteDefinitionCompiler(vocabulary, setting, implicit, written, problems);
    List<Route> routes = routeCompiler.compile(definitions);
    clusters.addAll(implicit.neededBy(routes));

    VersionSettings apiVersion = VersionKeys.compile(settings.version(), problems);
    Rules security = new SecurityCompiler(problems).compile(properties.security());
    if (!problems.isClean()) {
      return new Compilation.Refused(problems.refusals(), problems.warnings());
    }
    Snapshot.Drain drain = drain(properties.drain());
    Snapshot snapshot =
        new Snapshot(
            version,
            ContentHash.of(
                List.of(
                    listeners,
                    clusters,
                    routes,
                    drain,
                    security,
                    xdp,
                    settings.version(),
                    settings.secureHeaders(),
                    String.valueOf(settings.originalStatusHeaderName()))),
            now,
            listeners,
            clusters,
            routes,
            drain,
            apiVersion,
            true,
            security,
            xdp);
    return new Compilation.Accepted(
        snapshot,
        settings,
        routeCompiler.quarantined(),
        problems.warnings(),
        properties.tls().watch() ? files.seen() : Set.of());
  }

  private static ExpressGatewayProperties bind(
      ConfigurableEnvironment environment, Problems problems) {
    return new StrictBinder(problems, BoundKeys.of(ROOT, ExpressGatewayProperties.class).keySet())
        .bind(PropertyTree.read(environment, ROOT), ExpressGatewayProperties.class);
  }

  private static List<ListenerSpec> listeners(
      ExpressGatewayProperties properties,
      boolean explicit,
      List<RouteDefinition> definitions,
      SpringValues values,
      ListenerCompiler compiler,
      Problems problems) {
    List<ListenerProperties> written = properties.listeners();
    boolean http2 = true;
    if (!explicit && !definitions.isEmpty()) {
      http2 = DefaultListener.http2(values);
      written = List.of(DefaultListener.from(values));
    } else if (written.isEmpty() && problems.isClean()) {
      problems.refuse(
          "expressgateway.listeners",
          "",
          "there is neither a listener nor a route",
          "write a listener with name and bind");
    }
    ForwardingSwitches switches = new ForwardingSwitches(values, problems);
    return compiler.compile(written, switches.forwarding(), switches.trustedProxyPattern(), http2);
  }

  private static Snapshot.Drain drain(DrainProperties drain) {
    return new Snapshot.Drain(drain.settle(), drain.timeout(), drain.jitter());
  }
}
