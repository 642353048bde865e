package io.expressgateway.config.compile;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.config.Problems;
import io.expressgateway.config.bind.ClosestKey;
import io.expressgateway.config.properties.ListenerProperties;
import io.expressgateway.snapshot.ListenerSpec.Protocol;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Whether the clusters that relays name exist and are spoken to as the listener speaks. */
public final class RelayClusters {

  private final Problems problems;
  private final Map<String, ClusterSpec.Protocol> protocols = new HashMap<>();

  /** Reports to {@code problems}. */
  public RelayClusters(Problems problems, List<ClusterSpec> clusters) {
    this.problems = problems;
    clusters.forEach(cluster -> protocols.put(cluster.name(), cluster.protocol()));
  }

  /** Checks every cluster that one of these listeners names. */
  public void check(List<ListenerProperties> listeners) {
    for (int i = 0; i < listeners.size(); i++) {
      ListenerProperties listener = listeners.get(i);
      Protocol protocol = protocol(listener);
      if (protocol.isRelayed()) {
        String key = "expressgateway.listeners[" + i + "]";
        if (listener.cluster() != null) {
          check(key + ".cluster", listener.cluster(), protocol);
        }
        listener.sni().forEach((name, cluster) -> check(key + ".sni." + name, cluster, protocol));
      }
    }
  }

  /** What the listener speaks. */
  static Protocol protocol(ListenerProperties listener) {
    for (Protocol each : Protocol.values()) {
      if (each.text().equals(listener.protocol())) {
        return each;
      }
    }
    // Refused where it was bound; whatever follows is about a listener with the default.
    return Protocol.HTTP;
  }

  /** The protocol of clusters that a relay of this protocol leads to, as written. */
  static String wanted(Protocol protocol) {
    return protocol == Protocol.UDP ? "udp" : "tcp";
  }

  private void check(String key, String cluster, Protocol protocol) {
    ClusterSpec.Protocol spoken = protocols.get(cluster);
    String wanted = wanted(protocol);
    if (spoken == null) {
      problems.refuse(
          key,
          cluster,
          "there is no cluster " + cluster,
          protocols.isEmpty()
              ? "write it under expressgateway.clusters"
              : "write it under expressgateway.clusters; the closest there is "
                  + ClosestKey.to(cluster, new TreeSet<>(protocols.keySet())));
    } else if (!spoken.name().toLowerCase(Locale.ROOT).equals(wanted)) {
      problems.refuse(
          key,
          cluster,
          "a listener of protocol "
              + protocol.text()
              + " leads to clusters of protocol "
              + wanted
              + ", and this one has "
              + spoken.name().toLowerCase(Locale.ROOT),
          "write protocol: " + wanted + " for the cluster");
    }
  }
}
