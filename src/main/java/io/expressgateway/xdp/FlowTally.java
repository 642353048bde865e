package io.expressgateway.xdp;

import io.expressgateway.xdp.layout.FlowState;
import io.expressgateway.xdp.layout.Limits;

/** What a walk through the flow tables has counted. Confined to the xdp thread. */
final class FlowTally {

  private final int[] byEndpoint = new int[Limits.MAX_ENDPOINTS];
  private int v4;
  private int v6;
  private int passed;
  private int closed;

  void count(int endpoint, FlowState state, boolean ipv4) {
    if (state == FlowState.CLOSED) {
      closed++;
    }
    if (ipv4) {
      v4++;
    } else {
      v6++;
    }
    if (endpoint < byEndpoint.length) {
      byEndpoint[endpoint]++;
    } else {
      passed++;
    }
  }

  /** Flows of the endpoint with this index. */
  int flows(int endpoint) {
    return byEndpoint[endpoint];
  }

  /** IPv4 flows. */
  int v4() {
    return v4;
  }

  /** IPv6 flows. */
  int v6() {
    return v6;
  }

  /** Flows that have ended and are not removed yet, among both. */
  int closed() {
    return closed;
  }

  /** Flows that are the relay's, among both. */
  int passed() {
    return passed;
  }
}
