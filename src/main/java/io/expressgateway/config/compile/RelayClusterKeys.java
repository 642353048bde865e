package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.config.properties.ClusterProperties;
import java.util.Map;
import java.util.Set;

/** Keys of clusters that say nothing to some protocols. Confined to the thread that compiles. */
final class RelayClusterKeys {

  private static final ClusterProperties PLAIN =
      Defaulted.bind(Map.of("made.name", "plain"), ClusterProperties.class);

  private static final Set<String> HASHING = Set.of("maglev", "ring-hash");

  private final Problems problems;

  RelayClusterKeys(Problems problems) {
    this.problems = problems;
  }

  /** Refuses what would have no effect. */
  void check(String key, ClusterProperties cluster) {
    boolean isTcp = cluster.protocol().equals("tcp");
    boolean isUdp = cluster.protocol().equals("udp");
    if (isUdp && cluster.proxyProtocol().equals("v1")) {
      problems.refuse(
          key + ".proxy-protocol", "v1", "version 1 cannot say UDP", "write proxy-protocol: v2");
    }
    if (!isTcp && !isUdp && !cluster.proxyProtocol().equals("off")) {
      problems.refuse(
          key + ".proxy-protocol",
          cluster.proxyProtocol(),
          "connections of protocol "
              + cluster.protocol()
              + " are shared by clients, whose address is in X-Forwarded-For and Forwarded",
          "remove the key, or write protocol: tcp");
    }
    if (!isTcp && !isUdp) {
      return;
    }
    checkHashOn(key + ".hash-on", cluster, isUdp);
    if (cluster.balancer().equals("session-affinity")) {
      refuse(key + ".balancer", cluster.balancer(), cluster, "there are no cookies");
    }
    refuseIf(
        !cluster.affinityCookie().equals(PLAIN.affinityCookie()),
        key + ".affinity-cookie",
        cluster.affinityCookie(),
        cluster);
    refuseIf(
        !cluster.firstByteTimeout().equals(PLAIN.firstByteTimeout()),
        key + ".first-byte-timeout",
        cluster.firstByteTimeout().toMillis() + "ms",
        cluster);
    refuseIf(!cluster.pool().equals(PLAIN.pool()), key + ".pool", "", cluster);
    refuseIf(
        !cluster.retry().replayBuffer().equals(PLAIN.retry().replayBuffer()),
        key + ".retry.replay-buffer",
        cluster.retry().replayBuffer().toString(),
        cluster);
    if (isUdp) {
      refuseIf(
          cluster.retry().budgetPercent() != PLAIN.retry().budgetPercent(),
          key + ".retry.budget-percent",
          String.valueOf(cluster.retry().budgetPercent()),
          cluster);
      refuseIf(cluster.tls().enabled(), key + ".tls.enabled", "true", cluster);
    }
  }

  private void checkHashOn(String key, ClusterProperties cluster, boolean isUdp) {
    if (cluster.hashOn().equals("source-ip")) {
      return;
    }
    if (!isUdp || !cluster.hashOn().equals("connection-id")) {
      refuse(key, cluster.hashOn(), cluster, "there are no requests to look at");
    } else if (!HASHING.contains(cluster.balancer())) {
      problems.refuse(
          key,
          cluster.hashOn(),
          "balancer " + cluster.balancer() + " does not hash",
          "write balancer: maglev or ring-hash, or remove the key");
    }
  }

  private void refuseIf(boolean isWritten, String key, String value, ClusterProperties cluster) {
    if (isWritten) {
      refuse(key, value, cluster, "nothing is pooled, replayed or answered");
    }
  }

  private void refuse(String key, String value, ClusterProperties cluster, String why) {
    problems.refuse(
        key,
        value,
        "has no meaning for a cluster of protocol " + cluster.protocol() + ": " + why,
        "remove the key");
  }
}
