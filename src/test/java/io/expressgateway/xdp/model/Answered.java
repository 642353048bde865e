package io.expressgateway.xdp.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The flow that a packet with this tuple would be a reply of.
 *
 * @param endpoint that sent it; null when there is no such flow
 * @param client the flow's key; null when there is no such flow
 * @param isStale whether the client has a flow that another endpoint has now
 */
record Answered(@Nullable Endpoint endpoint, @Nullable FlowKey client, boolean isStale) {

  static Answered find(Maps maps, FlowKey reply) {
    VipKey from = new VipKey(VipKey.wide(reply.source()), reply.sourcePort(), reply.protocol());
    boolean isStale = false;
    for (int index : maps.replies.getOrDefault(from, List.of())) {
      Endpoint endpoint = maps.endpoints.get(index);
      if (endpoint == null || endpoint.mode() != Mode.NAT) {
        continue;
      }
      FlowKey client =
          new FlowKey(
              reply.destination(),
              VipKey.narrow(endpoint.vipAddress()),
              reply.destinationPort(),
              endpoint.vipPort(),
              reply.protocol());
      Flow flow = maps.flows.get(client);
      if (flow == null || flow.state() == FlowState.PASS) {
        continue;
      }
      if (flow.endpoint() == index && flow.generation() == endpoint.generation()) {
        return new Answered(endpoint, client, false);
      }
      isStale = true;
    }
    return new Answered(null, null, isStale);
  }
}
