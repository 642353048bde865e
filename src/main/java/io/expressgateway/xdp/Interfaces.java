package io.expressgateway.xdp;

import io.expressgateway.snapshot.VipSpec;
import io.expressgateway.snapshot.XdpSpec;
import io.expressgateway.xdp.neighbour.Link;
import io.expressgateway.xdp.neighbour.NextHops;
import io.expressgateway.xdp.neighbour.Way;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which interfaces packets of clients and replies of endpoints come in by: the configured ones, or
 * else those that have a VIP's address, that a default route leaves by, and that endpoints are
 * reached by. Confined to the xdp thread.
 */
final class Interfaces {

  private final NextHops nextHops;

  Interfaces(NextHops nextHops) {
    this.nextHops = nextHops;
  }

  /** Those that exist; never the loopback interface. */
  List<Link> wanted(XdpSpec spec, Set<InetAddress> endpoints) {
    List<Link> links = new ArrayList<>();
    if (spec.interfaces().isEmpty()) {
      for (int index : devices(spec, endpoints)) {
        add(links, nextHops.link(index));
      }
    } else {
      for (String name : spec.interfaces()) {
        add(links, nextHops.link(name));
      }
    }
    return links;
  }

  private static void add(List<Link> links, @Nullable Link link) {
    if (link != null && !link.isLoopback()) {
      links.add(link);
    }
  }

  private Set<Integer> devices(XdpSpec spec, Set<InetAddress> endpoints) {
    Set<Integer> devices = new TreeSet<>(nextHops.defaultDevices());
    for (VipSpec vip : spec.vips()) {
      Link link = holder(vip.address());
      if (link != null) {
        devices.add(link.device());
      }
    }
    for (InetAddress endpoint : endpoints) {
      if (nextHops.to(endpoint) instanceof Way.Away away) {
        devices.add(away.device());
      }
    }
    return devices;
  }

  private @Nullable Link holder(InetAddress address) {
    try {
      NetworkInterface found = NetworkInterface.getByInetAddress(address);
      return found == null ? null : nextHops.link(found.getIndex());
    } catch (SocketException e) {
      return null;
    }
  }
}
