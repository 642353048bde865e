package io.expressgateway.config.compile;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.ClusterSpec.EndpointSpec;
import io.expressgateway.cluster.ClusterSpec.Outlier;
import io.expressgateway.cluster.ClusterSpec.Pool;
import io.expressgateway.cluster.ClusterSpec.Retry;
import io.expressgateway.config.properties.ClusterProperties;
import io.expressgateway.config.spring.SpringValues;
import io.expressgateway.net.HostPort;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Clusters of one endpoint for routes whose uri is {@code http://host:port}, named {@code
 * host:port}, with defaults and Spring Cloud Gateway's {@code httpclient.*}. A configured cluster
 * of that name is used instead. Confined to the thread that compiles.
 */
public final class ImplicitClusters {

  private static final String CLIENT = "spring.cloud.gateway.server.webflux.httpclient.";

  private final Set<String> configured;
  private final Map<String, ClusterSpec> made = new LinkedHashMap<>();
  private final ClusterSpec template;

  private ImplicitClusters(Set<String> configured, ClusterSpec template) {
    this.configured = configured;
    this.template = template;
  }

  /** With the values of {@code httpclient.*}. */
  public static ImplicitClusters with(
      ClusterCompiler compiler, SpringValues values, List<ClusterProperties> configured) {
    return new ImplicitClusters(
        configured.stream().map(ClusterProperties::name).collect(Collectors.toSet()),
        template(values));
  }

  private static ClusterSpec template(SpringValues values) {
    String pool = CLIENT + "pool.";
    return new ClusterSpec(
        "",
        ClusterSpec.Protocol.HTTP1,
        "round-robin",
        "source-ip",
        "EG_AFFINITY",
        Duration.ZERO,
        values
            .number(CLIENT + "connect-timeout", 1, Integer.MAX_VALUE)
            .map(Duration::ofMillis)
            .orElse(Duration.ofSeconds(5)),
        values.duration(CLIENT + "response-timeout").orElse(Duration.ofSeconds(60)),
        new Retry(20, 64 * 1024),
        List.of(),
        null,
        new Outlier(true, false, 5, Duration.ofSeconds(30), 50, 50),
        new Pool(
            values.number(pool + "max-connections", 1, 1_000_000).orElse(1024),
            1024,
            values.duration(pool + "max-idle-time").orElse(Duration.ofSeconds(60)),
            values.duration(pool + "max-life-time").orElse(Duration.ofSeconds(300))),
        true);
  }

  /** The name of the cluster for this address. */
  String nameFor(HostPort address) {
    String name = address.toString();
    if (!configured.contains(name)) {
      made.computeIfAbsent(name, unused -> cluster(address));
    }
    return name;
  }

  /** The clusters that were needed, in the order of need. */
  public List<ClusterSpec> made() {
    return List.copyOf(made.values());
  }

  private ClusterSpec cluster(HostPort address) {
    return new ClusterSpec(
        address.toString(),
        template.protocol(),
        template.balancer(),
        template.hashOn(),
        template.affinityCookie(),
        template.slowStart(),
        template.connectTimeout(),
        template.firstByteTimeout(),
        template.retry(),
        List.of(new EndpointSpec(address, 1)),
        null,
        template.outlier(),
        template.pool(),
        true);
  }
}
