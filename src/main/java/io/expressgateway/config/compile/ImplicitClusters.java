package io.expressgateway.config.compile;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.ClusterSpec.EndpointSpec;
import io.expressgateway.config.Problems;
import io.expressgateway.config.properties.ClusterProperties;
import io.expressgateway.config.spring.SpringValues;
import io.expressgateway.net.HostPort;
import io.expressgateway.route.Route;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Clusters of one endpoint for routes whose uri is {@code http://host:port}, named {@code
 * host:port}, or {@code https://host:port}, named like that and verified as {@code
 * httpclient.ssl.*} says, else against the JDK's list of authorities; with defaults and Spring
 * Cloud Gateway's {@code httpclient.*}. A configured cluster of that name is used instead. Confined
 * to the thread that compiles.
 */
public final class ImplicitClusters {

  private static final String CLIENT = "spring.cloud.gateway.server.webflux.httpclient.";

  private final Set<String> configured;
  private final Map<String, ClusterSpec> made = new LinkedHashMap<>();
  private final ClusterSpec template;
  private final ClusterSpec.Tls tls;

  private ImplicitClusters(Set<String> configured, ClusterSpec template, ClusterSpec.Tls tls) {
    this.configured = configured;
    this.template = template;
    this.tls = tls;
  }

  /** With the values of {@code httpclient.*}. */
  public static ImplicitClusters with(
      ClusterCompiler compiler,
      SpringValues values,
      List<ClusterProperties> configured,
      KeyFiles files,
      SslBundleKeys bundles,
      Problems problems) {
    return new ImplicitClusters(
        configured.stream().map(ClusterProperties::name).collect(Collectors.toSet()),
        compiler.compile("httpclient", template(values), true),
        new HttpClientTls(values, files, bundles, problems).compile());
  }

  private static ClusterProperties template(SpringValues values) {
    Map<String, Object> keys = new HashMap<>();
    keys.put("made.name", "implicit");
    values
        .number(CLIENT + "connect-timeout", 1, Integer.MAX_VALUE)
        .ifPresent(millis -> keys.put("made.connect-timeout", millis + "ms"));
    duration(values, "response-timeout", keys, "made.first-byte-timeout");
    values
        .number(CLIENT + "pool.max-connections", 1, 1_000_000)
        .ifPresent(max -> keys.put("made.pool.max-connections", max));
    duration(values, "pool.max-idle-time", keys, "made.pool.idle-timeout");
    duration(values, "pool.max-life-time", keys, "made.pool.max-lifetime");
    return Defaulted.bind(keys, ClusterProperties.class);
  }

  private static void duration(
      SpringValues values, String key, Map<String, Object> keys, String ours) {
    values.duration(CLIENT + key).ifPresent(d -> keys.put(ours, d.toMillis() + "ms"));
  }

  /** The name of the cluster for this address. */
  String nameFor(HostPort address, boolean secure) {
    String name = secure ? "https://" + address : address.toString();
    if (!configured.contains(name)) {
      made.computeIfAbsent(name, _ -> cluster(name, address, secure));
    }
    return name;
  }

  /** The clusters that these routes need, in the order of need. */
  public List<ClusterSpec> neededBy(List<Route> routes) {
    Set<String> needed = routes.stream().map(Route::cluster).collect(Collectors.toSet());
    return made.values().stream().filter(cluster -> needed.contains(cluster.name())).toList();
  }

  private ClusterSpec cluster(String name, HostPort address, boolean secure) {
    return new ClusterSpec(
        name,
        template.protocol(),
        template.balancer(),
        template.hashOn(),
        template.affinityCookie(),
        template.slowStart(),
        template.connectTimeout(),
        template.firstByteTimeout(),
        template.retry(),
        List.of(new EndpointSpec(address, 1)),
        template.healthCheck(),
        template.outlier(),
        template.pool(),
        secure ? tls : null,
        true);
  }
}
