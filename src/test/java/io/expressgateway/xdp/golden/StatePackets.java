package io.expressgateway.xdp.golden;

import static io.expressgateway.xdp.golden.Golden.claim;
import static io.expressgateway.xdp.model.FlowState.CLIENT_FIN;
import static io.expressgateway.xdp.model.FlowState.CLOSED;
import static io.expressgateway.xdp.model.FlowState.ENDPOINT_FIN;
import static io.expressgateway.xdp.model.FlowState.ESTABLISHED;
import static io.expressgateway.xdp.packet.Segment.ACK;
import static io.expressgateway.xdp.packet.Segment.FIN;
import static io.expressgateway.xdp.packet.Segment.RST;
import static io.expressgateway.xdp.packet.Segment.SYN;

import io.expressgateway.xdp.model.FlowState;
import io.expressgateway.xdp.model.Reason;
import java.util.ArrayList;
import java.util.List;

/** How packets move a TCP flow through its states, and what a flow's end means to the next one. */
final class StatePackets {

  private static final Service SERVICE = World.NAT_TCP_4;

  private StatePackets() {}

  static List<Golden> all() {
    List<Golden> all = new ArrayList<>();
    all.add(client("the-handshake-s-end-changes-nothing-yet", FlowState.SYN, ACK, FlowState.SYN));
    all.add(client("a-repeated-syn-follows-its-flow", FlowState.SYN, SYN, FlowState.SYN));
    all.add(client("a-syn-on-a-live-flow-follows-it", ESTABLISHED, SYN, ESTABLISHED));
    all.add(client("a-client-s-fin", ESTABLISHED, FIN | ACK, CLIENT_FIN));
    all.add(client("a-client-s-fin-is-the-second", ENDPOINT_FIN, FIN | ACK, CLOSED));
    all.add(client("a-client-s-fin-repeated", CLIENT_FIN, FIN | ACK, CLIENT_FIN));
    all.add(client("a-client-s-reset", ESTABLISHED, RST, CLOSED));
    all.add(client("a-late-ack-of-a-closed-flow", CLOSED, ACK, CLOSED));
    all.add(client("a-late-fin-of-a-closed-flow", CLOSED, FIN | ACK, CLOSED));
    all.add(endpoint("an-endpoint-s-answer", FlowState.SYN, SYN | ACK, ESTABLISHED));
    all.add(endpoint("an-endpoint-s-fin", ESTABLISHED, FIN | ACK, ENDPOINT_FIN));
    all.add(endpoint("an-endpoint-s-fin-is-the-second", CLIENT_FIN, FIN | ACK, CLOSED));
    all.add(endpoint("an-endpoint-s-fin-repeated", ENDPOINT_FIN, FIN | ACK, ENDPOINT_FIN));
    all.add(endpoint("an-endpoint-s-refusal", FlowState.SYN, RST | ACK, CLOSED));
    all.addAll(ends());
    return all;
  }

  private static Golden client(String name, FlowState from, int flags, FlowState to) {
    return claim(name)
        .given(SERVICE)
        .given(SERVICE.flowKey(), SERVICE.flow(0, from))
        .packet(SERVICE.request(flags))
        .tx(Reason.FLOW, SERVICE.delivered(0, flags))
        .leaving(SERVICE.flowKey(), SERVICE.flow(0, to));
  }

  private static Golden endpoint(String name, FlowState from, int flags, FlowState to) {
    return claim(name)
        .given(SERVICE)
        .given(SERVICE.flowKey(), SERVICE.flow(0, from))
        .packet(SERVICE.reply(0, flags))
        .tx(Reason.REPLY, SERVICE.returned(flags))
        .leaving(SERVICE.flowKey(), SERVICE.flow(0, to));
  }

  private static List<Golden> ends() {
    Service service = SERVICE;
    return List.of(
        claim("a-syn-on-a-closed-flow-is-a-new-one")
            .given(service)
            .given(maps -> maps.tables.put(service.id() * 2, service.only(1)))
            .given(service.flowKey(), service.flow(0, CLOSED))
            .packet(service.request(SYN))
            .redirect(Reason.NEW_FLOW, service.delivered(1, SYN))
            .leaving(service.flowKey(), service.flow(1, FlowState.SYN)),
        claim("a-dead-endpoint-s-flow-moves")
            .given(service)
            .given(maps -> maps.endpoints.put(service.index(0), service.endpoint(0).alive(false)))
            .given(maps -> maps.tables.put(service.id() * 2, service.only(1)))
            .given(service.flowKey(), service.flow(0, ESTABLISHED))
            .packet(service.request(ACK))
            .redirect(Reason.MOVED_FLOW, service.delivered(1, ACK))
            .leaving(service.flowKey(), service.flow(1, ESTABLISHED)),
        claim("an-endpoint-of-another-generation-is-another-endpoint")
            .given(service)
            .given(
                maps -> maps.endpoints.put(service.index(0), service.endpoint(0).generation(999)))
            .given(maps -> maps.tables.put(service.id() * 2, service.only(1)))
            .given(service.flowKey(), service.flow(0, ESTABLISHED))
            .packet(service.request(ACK))
            .redirect(Reason.MOVED_FLOW, service.delivered(1, ACK))
            .leaving(service.flowKey(), service.flow(1, ESTABLISHED)),
        claim("a-drained-endpoint-keeps-its-flows")
            .given(service)
            .given(maps -> maps.tables.put(service.id() * 2, service.only(1)))
            .given(service.flowKey(), service.flow(0, ESTABLISHED))
            .packet(service.request(ACK))
            .tx(Reason.FLOW, service.delivered(0, ACK)),
        claim("a-dead-endpoint-s-flow-without-another-is-passed")
            .given(service)
            .given(maps -> maps.endpoints.put(service.index(0), service.endpoint(0).alive(false)))
            .given(maps -> maps.tables.put(service.id() * 2, service.only(0)))
            .given(service.flowKey(), service.flow(0, ESTABLISHED))
            .packet(service.request(ACK))
            .pass(Reason.NO_ENDPOINT));
  }
}
