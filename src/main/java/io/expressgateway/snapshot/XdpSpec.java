package io.expressgateway.snapshot;

import io.expressgateway.net.Cidr;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packet forwarding in the kernel, as configured.
 *
 * @param use whether it is wanted
 * @param mode how programs attach
 * @param interfaces by name; empty for those that clients and endpoints are reached by
 * @param deny networks whose packets to VIPs are dropped
 * @param allow networks that the deny list spares
 * @param newFlowsPerSecond entered in all; 0 for no limit
 * @param newFlowsPerSource entered for one source address; 0 for no limit
 * @param flowsV4 size of the IPv4 flow table
 * @param flowsV6 size of the IPv6 flow table
 * @param pinDirectory where maps and programs outlive the process; null when they do not
 * @param outerV4 source of IPv4 packets that encapsulate; null for the VIP's own address
 * @param outerV6 source of IPv6 packets that encapsulate; null for the VIP's own address
 * @param eventSample one event in so many is logged; 0 for none
 * @param vips what is forwarded
 */
public record XdpSpec(
    Use use,
    Mode mode,
    List<String> interfaces,
    List<Cidr> deny,
    List<Cidr> allow,
    int newFlowsPerSecond,
    int newFlowsPerSource,
    int flowsV4,
    int flowsV6,
    @Nullable String pinDirectory,
    @Nullable InetAddress outerV4,
    @Nullable InetAddress outerV6,
    int eventSample,
    List<VipSpec> vips) {

  /** Nothing is forwarded in the kernel. */
  public static final XdpSpec OFF =
      new XdpSpec(
          Use.OFF, Mode.AUTO, List.of(), List.of(), List.of(), 125_000, 0, 1_000_000, 512_000, null,
          null, null, 0, List.of());

  /** Copies the lists. */
  public XdpSpec {
    interfaces = List.copyOf(interfaces);
    deny = List.copyOf(deny);
    allow = List.copyOf(allow);
    vips = List.copyOf(vips);
  }

  /** Whether programs are to be attached. */
  public boolean isWanted() {
    return use == Use.ON || (use == Use.AUTO && !vips.isEmpty());
  }

  /** When packets are forwarded in the kernel. */
  public enum Use {
    /** Never. */
    OFF,
    /** While a listener asks for it. */
    AUTO,
    /** Also while none does. */
    ON
  }

  /** How programs attach. */
  public enum Mode {
    /** In the driver, or else in the stack. */
    AUTO,
    /** In the driver or not at all. */
    NATIVE,
    /** In the stack. */
    GENERIC
  }
}
