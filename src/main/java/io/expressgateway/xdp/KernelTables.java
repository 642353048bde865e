package io.expressgateway.xdp;

import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.neighbour.NextHops;
import java.net.InetAddress;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What all VIPs write to.
 *
 * @param vips the map of VIPs
 * @param tables the map of Maglev tables
 * @param tableFlags that a Maglev table must be made with
 * @param relayFlows told before a VIP begins to be forwarded
 * @param isCovered whether packets that come in by the interface of an index meet the program
 * @param outerSource configured source of packets that encapsulate
 */
record KernelTables(
    EndpointSlots slots,
    ReplyIndex replies,
    BpfMap vips,
    BpfMap tables,
    int tableFlags,
    NextHops nextHops,
    RelayFlows relayFlows,
    IntPredicate isCovered,
    OuterSource outerSource) {

  /** Says what encapsulated packets come from. */
  @FunctionalInterface
  interface OuterSource {

    /** The configured address of a family; null when none is. */
    @Nullable InetAddress of(boolean ipv4);
  }
}
