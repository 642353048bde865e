package io.expressgateway.stream.udp;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterSpec.ProxyProtocol;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import io.expressgateway.snapshot.UdpLimits;
import io.expressgateway.stream.FlowLog;

/**
 * What new datagrams of a listener are served by. Immutable but for the cluster's own live state.
 *
 * @param cluster where they go
 * @param limits of sessions
 * @param rules which of them only observe
 * @param log of sessions that have ended
 */
public record UdpSettings(Cluster cluster, UdpLimits limits, Rules rules, FlowLog log) {

  long idleNanos() {
    return limits.sessionIdleTimeout().toNanos();
  }

  /** Whether each datagram to an endpoint begins with a PROXY header. */
  boolean isHeaderSent() {
    return cluster.spec().proxyProtocol() == ProxyProtocol.V2;
  }

  /** Whether endpoints are chosen by QUIC connection ID. */
  boolean isByConnectionId() {
    return cluster.spec().hashOn().equals("connection-id");
  }

  /** Whether sessions beyond the limits are counted and let pass. */
  boolean isCapObserved() {
    return rules.isObserved(Rule.CONNECTION_CAPS);
  }
}
