package io.expressgateway.xdp;

import io.expressgateway.snapshot.XdpSpec;
import io.expressgateway.xdp.layout.Reason;
import java.util.List;
import java.util.Map;

/**
 * What the packet path does now, as the admin API, health and metrics show it. Immutable.
 *
 * @param active whether packets are forwarded in the kernel
 * @param reason why not; empty when they are
 * @param interfaces with their modes
 * @param vips what is forwarded
 * @param flows in the flow tables, as of the last walk through them
 * @param reasons packets by what became of them
 * @param inherited whether the maps are those of an earlier process
 */
public record XdpStatus(
    boolean active,
    String reason,
    List<InterfaceStatus> interfaces,
    List<VipStatus> vips,
    Flows flows,
    Map<Reason, Long> reasons,
    boolean inherited) {

  /** Copies the collections. */
  public XdpStatus {
    interfaces = List.copyOf(interfaces);
    vips = List.copyOf(vips);
    reasons = Map.copyOf(reasons);
  }

  /** Nothing is forwarded, because nobody wants it. */
  public static XdpStatus unwanted(XdpSpec spec) {
    return off(
        spec.use() == XdpSpec.Use.OFF
            ? "expressgateway.xdp.enabled is off"
            : "no listener asks for it");
  }

  /** Nothing is forwarded, and why. */
  public static XdpStatus off(String reason) {
    return new XdpStatus(false, reason, List.of(), List.of(), Flows.NONE, Map.of(), false);
  }

  /**
   * An interface.
   *
   * @param mode {@code native}, {@code generic} or {@code none}
   * @param reason why no higher rung holds; empty when it is the first
   */
  public record InterfaceStatus(String name, int index, String mode, String reason) {}

  /**
   * A VIP.
   *
   * @param mode of new flows: {@code nat}, {@code dsr-ipip}, {@code dsr-l2} or {@code pass}
   * @param reason why they are passed, or what is wrong; empty when nothing is
   * @param endpoints what flows may be sent to
   * @param packets to endpoints
   * @param bytes of these
   * @param replyPackets to clients
   * @param replyBytes of these
   * @param passed to the relay
   * @param stateless of the packets, those without an entry
   * @param newFlows entered
   */
  public record VipStatus(
      String name,
      String address,
      int port,
      String protocol,
      String mode,
      String reason,
      List<EndpointStatus> endpoints,
      long packets,
      long bytes,
      long replyPackets,
      long replyBytes,
      long passed,
      long dropped,
      long stateless,
      long newFlows) {

    /** Copies the list. */
    public VipStatus {
      endpoints = List.copyOf(endpoints);
    }
  }

  /**
   * An endpoint of a VIP.
   *
   * @param flows as of the last walk through the tables
   * @param nextHop Ethernet address; empty when the kernel is asked for each packet
   */
  public record EndpointStatus(
      String address, boolean alive, String nextHop, int flows, long packets, long replyPackets) {}

  /**
   * The flow tables.
   *
   * @param v4 IPv4 flows
   * @param v6 IPv6 flows
   * @param relayed of both, those of relays
   * @param maxV4 room for IPv4 flows
   * @param maxV6 room for IPv6 flows
   * @param gateClosed whether new flows are forwarded without an entry
   */
  public record Flows(int v4, int v6, int relayed, int maxV4, int maxV6, boolean gateClosed) {

    static final Flows NONE = new Flows(0, 0, 0, 0, 0, false);
  }
}
