package io.expressgateway.xdp.golden;

import static io.expressgateway.xdp.golden.Golden.claim;
import static io.expressgateway.xdp.packet.Segment.ACK;
import static io.expressgateway.xdp.packet.Segment.SYN;

import io.expressgateway.xdp.model.FlowState;
import io.expressgateway.xdp.model.Maps;
import io.expressgateway.xdp.model.Reason;
import io.expressgateway.xdp.model.Settings;
import io.expressgateway.xdp.model.Vip;
import io.expressgateway.xdp.packet.Packet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Which endpoint a new flow gets: by the table, by the table before the last swap, and without an
 * entry.
 */
final class SelectionPackets {

  private static final Service TCP = World.NAT_TCP_4;
  private static final Service UDP = World.NAT_UDP_4;

  private SelectionPackets() {}

  static List<Golden> all() {
    List<Golden> all = new ArrayList<>();
    all.addAll(swaps());
    all.addAll(gate());
    all.addAll(hashes());
    return all;
  }

  /** The current table is the second endpoint's alone, the one before was the first one's. */
  private static Consumer<Maps> swapped(Service service) {
    return maps -> {
      maps.vips.put(
          service.key(), new Vip(service.id(), service.mode(), service.hashOn(), true, true));
      maps.tables.put(service.id() * 2, service.only(1));
      maps.tables.put(service.id() * 2 + 1, service.only(0));
    };
  }

  private static Consumer<Maps> closedGate() {
    return maps -> maps.settings = new Settings(250, true, 0, 0, 10);
  }

  private static List<Golden> swaps() {
    return List.of(
        claim("a-syn-goes-by-the-table-after-the-swap")
            .given(TCP)
            .given(swapped(TCP))
            .packet(TCP.request(SYN))
            .redirect(Reason.NEW_FLOW, TCP.delivered(1, SYN))
            .leaving(TCP.flowKey(), TCP.flow(1, FlowState.SYN)),
        claim("a-datagram-goes-by-the-table-after-the-swap")
            .given(UDP)
            .given(swapped(UDP))
            .packet(UDP.request(0))
            .redirect(Reason.NEW_FLOW, UDP.delivered(1, 0))
            .leaving(UDP.flowKey(), UDP.flow(1, FlowState.UDP)),
        claim("an-established-connection-goes-by-the-table-before-the-swap")
            .given(TCP)
            .given(swapped(TCP))
            .packet(TCP.request(ACK))
            .tx(Reason.NEW_FLOW, TCP.delivered(0, ACK))
            .leaving(TCP.flowKey(), TCP.flow(0, FlowState.SYN)),
        claim("a-dead-endpoint-of-the-table-before-is-not-asked")
            .given(TCP)
            .given(swapped(TCP))
            .given(maps -> maps.endpoints.put(TCP.index(0), TCP.endpoint(0).alive(false)))
            .packet(TCP.request(ACK))
            .redirect(Reason.NEW_FLOW, TCP.delivered(1, ACK))
            .leaving(TCP.flowKey(), TCP.flow(1, FlowState.SYN)),
        claim("another-vip-s-endpoint-in-the-place-of-one-that-is-gone-is-not-asked")
            .given(TCP)
            .given(swapped(TCP))
            .given(maps -> maps.endpoints.put(TCP.index(0), World.NAT_TCP_6.endpoint(0)))
            .packet(TCP.request(ACK))
            .redirect(Reason.NEW_FLOW, TCP.delivered(1, ACK))
            .leaving(TCP.flowKey(), TCP.flow(1, FlowState.SYN)),
        claim("a-closed-gate-lets-flows-in-that-two-tables-would-tear-apart")
            .given(TCP)
            .given(swapped(TCP))
            .given(closedGate())
            .packet(TCP.request(SYN))
            .redirect(Reason.NEW_FLOW, TCP.delivered(1, SYN))
            .leaving(TCP.flowKey(), TCP.flow(1, FlowState.SYN)));
  }

  private static List<Golden> gate() {
    return List.of(
        claim("a-closed-gate-forwards-without-an-entry")
            .given(TCP)
            .given(maps -> maps.tables.put(TCP.id() * 2, TCP.only(0)))
            .given(closedGate())
            .packet(TCP.request(SYN))
            .tx(Reason.STATELESS, TCP.delivered(0, SYN)),
        claim("a-closed-gate-says-nothing-to-known-flows")
            .given(TCP)
            .given(TCP.flowKey(), TCP.flow(0, FlowState.ESTABLISHED))
            .given(closedGate())
            .packet(TCP.request(ACK))
            .tx(Reason.FLOW, TCP.delivered(0, ACK)));
  }

  /**
   * Slots below 32 768 are the first endpoint's. By an implementation of MurmurHash3_x86_32 of its
   * own: the source's slot is 20 687 and its tuple's 33 575; the id's 20 566, its tuple's 42 594.
   */
  private static List<Golden> hashes() {
    Service bySource = World.BY_SOURCE;
    Service quic = World.QUIC;
    return List.of(
        claim("chooses-by-source-alone")
            .given(bySource)
            .packet(bySource.request(SYN))
            .tx(Reason.NEW_FLOW, bySource.delivered(0, SYN))
            .leaving(bySource.flowKey(), bySource.flow(0, FlowState.SYN)),
        quic("chooses-by-the-id-of-a-long-header", longHeader(8), 0),
        quic("chooses-by-the-first-bytes-of-a-long-id", longHeader(20), 0),
        quic("chooses-by-tuple-when-the-id-is-short", longHeader(7), 1),
        quic("chooses-by-the-id-of-a-short-header", shortHeader(), 0),
        quic("chooses-by-tuple-what-is-too-short-for-quic", new byte[8], 1));
  }

  private static Golden quic(String name, byte[] payload, int which) {
    Service quic = World.QUIC;
    Packet in = quic.request(0).payload(payload);
    Packet out = quic.delivered(which, 0).payload(payload);
    Golden golden =
        claim(name).given(quic).packet(in).leaving(quic.flowKey(), quic.flow(which, FlowState.UDP));
    return which == 0 ? golden.tx(Reason.NEW_FLOW, out) : golden.redirect(Reason.NEW_FLOW, out);
  }

  private static byte[] longHeader(int idBytes) {
    ByteBuffer out = ByteBuffer.allocate(60);
    out.put((byte) 0xc3).putInt(1).put((byte) idBytes);
    for (int i = 0; i < idBytes; i++) {
      out.put((byte) (0x10 + i));
    }
    return out.array();
  }

  private static byte[] shortHeader() {
    ByteBuffer out = ByteBuffer.allocate(30).put((byte) 0x43);
    return out.putLong(0x1011121314151617L).array();
  }
}
