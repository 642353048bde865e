package io.expressgateway.stream;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.tls.ClientTls;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as relays use it in one snapshot. Immutable but for the cluster's own live state.
 *
 * @param cluster whose endpoints are picked
 * @param spec as the snapshot has it
 * @param tls the client's side of TLS; null for clear text
 * @param connectNanos longest wait for a connection, TLS included
 */
record Target(Cluster cluster, ClusterSpec spec, @Nullable ClientTls tls, long connectNanos) {

  static Target of(Cluster cluster, @Nullable ClientTls tls) {
    ClusterSpec spec = cluster.spec();
    return new Target(cluster, spec, tls, spec.connectTimeout().toNanos());
  }
}
