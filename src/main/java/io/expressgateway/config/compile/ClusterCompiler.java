package io.expressgateway.config.compile;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.ClusterSpec.EndpointSpec;
import io.expressgateway.cluster.ClusterSpec.HealthCheck;
import io.expressgateway.cluster.ClusterSpec.Outlier;
import io.expressgateway.cluster.ClusterSpec.Pool;
import io.expressgateway.cluster.ClusterSpec.Retry;
import io.expressgateway.config.Problems;
import io.expressgateway.config.bind.ClosestKey;
import io.expressgateway.config.properties.ClusterProperties;
import io.expressgateway.config.properties.EndpointProperties;
import io.expressgateway.config.properties.HealthCheckProperties;
import io.expressgateway.config.properties.OutlierEjectionProperties;
import io.expressgateway.config.properties.PoolProperties;
import io.expressgateway.net.HostPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Clusters as written to clusters as used. Confined to the thread that compiles. */
public final class ClusterCompiler {

  private static final String KEY = "expressgateway.clusters";
  private static final Map<String, String> WEIGHTED_TWIN =
      Map.of("round-robin", "weighted-round-robin", "random", "weighted-random");
  private static final Pattern STATUSES = Pattern.compile("([1-5]\\d\\d)(?:-([1-5]\\d\\d))?");

  /** A token as RFC 9110 section 5.6.2 has it: what a header or cookie name may be. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private final Problems problems;
  private final Set<String> balancers;
  private final ClusterTlsCompiler tls;
  private final RelayClusterKeys relayKeys;

  /**
   * Reports to {@code problems}.
   *
   * @param balancers the algorithms that exist
   */
  public ClusterCompiler(
      Problems problems, Set<String> balancers, KeyFiles files, SslBundleKeys bundles) {
    this.problems = problems;
    this.balancers = balancers;
    this.tls = new ClusterTlsCompiler(problems, files, bundles);
    this.relayKeys = new RelayClusterKeys(problems);
  }

  /** The clusters, in order. */
  public List<ClusterSpec> compile(List<ClusterProperties> clusters) {
    List<ClusterSpec> specs = new ArrayList<>();
    Names names = new Names(problems);
    for (int i = 0; i < clusters.size(); i++) {
      String key = KEY + "[" + i + "]";
      names.check(key + ".name", clusters.get(i).name());
      specs.add(compile(key, clusters.get(i), false));
    }
    return specs;
  }

  ClusterSpec compile(String key, ClusterProperties cluster, boolean implicit) {
    checkBalancer(key, cluster);
    checkHashOn(key, cluster);
    checkToken(key + ".affinity-cookie", cluster.affinityCookie(), cluster.affinityCookie());
    checkHealthCheck(key, cluster);
    relayKeys.check(key, cluster);
    return new ClusterSpec(
        cluster.name(),
        protocol(cluster.protocol()),
        cluster.balancer(),
        cluster.hashOn(),
        cluster.affinityCookie(),
        cluster.slowStart(),
        cluster.connectTimeout(),
        cluster.firstByteTimeout(),
        new Retry(
            cluster.retry().budgetPercent(),
            Math.toIntExact(cluster.retry().replayBuffer().toBytes())),
        endpoints(key, cluster),
        healthCheck(key + ".health-check", cluster.healthCheck()),
        outlier(cluster.outlierEjection()),
        pool(cluster.pool()),
        tls.compile(key + ".tls", cluster.tls()),
        ClusterSpec.ProxyProtocol.valueOf(cluster.proxyProtocol().toUpperCase(Locale.ROOT)),
        implicit);
  }

  private static ClusterSpec.Protocol protocol(String text) {
    return switch (text) {
      case "http2" -> ClusterSpec.Protocol.HTTP2;
      case "tcp" -> ClusterSpec.Protocol.TCP;
      case "udp" -> ClusterSpec.Protocol.UDP;
      default -> ClusterSpec.Protocol.HTTP1;
    };
  }

  private void checkBalancer(String key, ClusterProperties cluster) {
    if (balancers.contains(cluster.balancer())) {
      return;
    }
    Set<String> sorted = new TreeSet<>(balancers);
    problems.refuse(
        key + ".balancer",
        cluster.balancer(),
        "is not one of " + String.join(", ", sorted),
        "write one of them; the closest is " + ClosestKey.to(cluster.balancer(), sorted));
  }

  private void checkHashOn(String key, ClusterProperties cluster) {
    String hashOn = cluster.hashOn();
    if (hashOn.equals("source-ip") || hashOn.equals("path")) {
      return;
    }
    if (hashOn.equals("connection-id") && cluster.protocol().equals("udp")) {
      return;
    }
    if (hashOn.startsWith("header:") || hashOn.startsWith("cookie:")) {
      checkToken(key + ".hash-on", hashOn, hashOn.substring(hashOn.indexOf(':') + 1));
      return;
    }
    problems.refuse(
        key + ".hash-on",
        hashOn,
        hashOn.equals("connection-id")
            ? "QUIC has connection IDs, and protocol " + cluster.protocol() + " none"
            : "is not source-ip, path, header:NAME, cookie:NAME or connection-id",
        "write source-ip, path, header:NAME or cookie:NAME; connection-id for protocol udp");
  }

  private void checkHealthCheck(String key, ClusterProperties cluster) {
    HealthCheckProperties check = cluster.healthCheck();
    if (check == null) {
      return;
    }
    boolean isGrpc = check.type().equals("grpc");
    if (isGrpc && cluster.protocol().startsWith("http") && !cluster.protocol().equals("http2")) {
      problems.refuse(
          key + ".health-check.type",
          "grpc",
          "gRPC checks speak HTTP/2, which the endpoints of protocol "
              + cluster.protocol()
              + " need not understand",
          "write protocol: http2 for the cluster, or type: http or tcp");
    }
    if (!isGrpc && !check.service().isEmpty()) {
      problems.refuse(
          key + ".health-check.service",
          check.service(),
          "a check of type " + check.type() + " asks for no service",
          "write type: grpc, or remove the key");
    }
  }

  private void checkToken(String key, String value, String token) {
    if (!TOKEN.matcher(token).matches()) {
      problems.refuse(
          key, value, "is no valid header or cookie name", "use letters, digits and dashes");
    }
  }

  private List<EndpointSpec> endpoints(String key, ClusterProperties cluster) {
    List<EndpointSpec> specs = new ArrayList<>();
    Names addresses = new Names(problems);
    for (int i = 0; i < cluster.endpoints().size(); i++) {
      String endpointKey = key + ".endpoints[" + i + "]";
      EndpointProperties endpoint = cluster.endpoints().get(i);
      checkWeight(endpointKey, cluster.balancer(), endpoint.weight());
      HostPort address = address(endpointKey, endpoint.address());
      if (address != null) {
        addresses.check(endpointKey + ".address", address.toString());
        tls.checkVerifiable(endpointKey + ".address", address, cluster.tls());
        specs.add(new EndpointSpec(address, endpoint.weight()));
      }
    }
    return specs;
  }

  private void checkWeight(String key, String balancer, int weight) {
    String twin = WEIGHTED_TWIN.get(balancer);
    if (twin != null && weight > 1) {
      problems.refuse(
          key + ".weight",
          String.valueOf(weight),
          balancer + " gives every endpoint the same share",
          "write balancer: " + twin + ", or a weight of 0 or 1");
    }
  }

  private @Nullable HostPort address(String key, String text) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      HostPort address = HostPort.parse(text);
      if (address.port() > 0 && isHost(address.host())) {
        return address;
      }
    } catch (IllegalArgumentException malformed) {
      // Reported below, in the same words as a port of 0.
    }
    problems.refuse(
        key + ".address",
        text,
        "is not host:port",
        "write a name or an IP address, a colon and a port, as in 127.0.0.1:9001");
    return null;
  }

  static boolean isHost(String host) {
    return host.chars().allMatch(c -> Character.isLetterOrDigit(c) || ".-_:%".indexOf(c) >= 0);
  }

  private @Nullable HealthCheck healthCheck(String key, @Nullable HealthCheckProperties check) {
    if (check == null) {
      return null;
    }
    if (!check.path().startsWith("/") || check.path().chars().anyMatch(c -> c <= ' ' || c > '~')) {
      problems.refuse(
          key + ".path",
          check.path(),
          "is no request path",
          "begin it with / and leave out white space and letters beyond ASCII");
    }
    int[] statuses = statuses(key, check.expectedStatus());
    return new HealthCheck(
        check.type(),
        check.path(),
        check.service(),
        check.interval(),
        check.timeout(),
        check.healthyThreshold(),
        check.unhealthyThreshold(),
        statuses[0],
        statuses[1],
        check.port());
  }

  private int[] statuses(String key, String text) {
    Matcher range = STATUSES.matcher(text);
    if (range.matches()) {
      int from = Integer.parseInt(range.group(1));
      int to = range.group(2) == null ? from : Integer.parseInt(range.group(2));
      if (from <= to) {
        return new int[] {from, to};
      }
    }
    problems.refuse(
        key + ".expected-status",
        text,
        "is neither a status nor a range of them",
        "write a status or a range within 100-599, as in 200-399");
    return new int[] {200, 399};
  }

  private static Outlier outlier(OutlierEjectionProperties outlier) {
    return new Outlier(
        outlier.enabled(),
        outlier.observeOnly(),
        outlier.consecutiveFailures(),
        outlier.baseEjectionTime(),
        outlier.maxEjectedPercent(),
        outlier.panicThreshold());
  }

  private static Pool pool(PoolProperties pool) {
    return new Pool(
        pool.maxConnections(), pool.maxPending(), pool.idleTimeout(), pool.maxLifetime());
  }
}
