package io.expressgateway.xdp.neighbour;

import io.expressgateway.xdp.layout.Hop;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** How packets reach one address. */
public sealed interface Way {

  /**
   * Over the network.
   *
   * @param hop null while the neighbour's address is not known or its interface is no Ethernet
   * @param mtu the biggest IP packet; 0 when unknown
   * @param device index of the interface that packets leave by and replies come in by
   * @param isNeighbour whether no router is between
   * @param source that this machine's own packets to it have; null when the kernel names none
   */
  record Away(
      @Nullable Hop hop, int mtu, int device, boolean isNeighbour, @Nullable InetAddress source)
      implements Way {}

  /** It is this machine: no packet of it passes an interface. */
  record Here() implements Way {}

  /** There is no route. */
  record Nowhere() implements Way {}
}
