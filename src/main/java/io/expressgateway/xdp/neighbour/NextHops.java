package io.expressgateway.xdp.neighbour;

import io.expressgateway.xdp.layout.Hop;
import io.expressgateway.xdp.layout.MacAddress;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The ways to many addresses, read from the kernel's tables and kept until {@link #refresh}.
 * Neighbours that are in use are kept known: those of packets that only the packet path sees would
 * else go stale and be forgotten. Confined to one thread.
 */
public final class NextHops implements AutoCloseable {

  private record NeighbourKey(int link, InetAddress address) {}

  private final RoutingTables tables = new RoutingTables();
  private final Map<InetAddress, @Nullable Route> routes = new HashMap<>();
  private final Set<NeighbourKey> sought = new HashSet<>();
  private Map<Integer, Link> links = Map.of();
  private Map<NeighbourKey, Neighbour> neighbours = Map.of();

  /** Reads the kernel's tables once. */
  public NextHops() {
    refresh(true);
  }

  /**
   * Reads the kernel's tables again.
   *
   * @param alsoRoutes whether routes may have changed too, and not only neighbours
   */
  public void refresh(boolean alsoRoutes) {
    Map<NeighbourKey, Neighbour> known = new HashMap<>();
    for (Neighbour each : tables.neighbours()) {
      known.put(new NeighbourKey(each.link(), each.address()), each);
    }
    neighbours = known;
    if (alsoRoutes) {
      routes.clear();
      Map<Integer, Link> found = new HashMap<>();
      for (Link link : tables.links()) {
        found.put(link.index(), link);
      }
      links = found;
    }
  }

  /** The way to this address, as of the last refresh. An unknown neighbour is sought at once. */
  public Way to(InetAddress address) {
    Route route = route(address);
    Link link = route == null ? null : links.get(route.link());
    if (route == null || link == null) {
      return new Way.Nowhere();
    }
    if (route.isLocal()) {
      return new Way.Here();
    }
    int mtu = route.mtu() == 0 ? link.mtu() : route.mtu();
    boolean isNeighbour = route.gateway() == null;
    InetAddress next = route.next(address);
    MacAddress mac = link.isEthernet() && !link.isLoopback() ? mac(link, next) : null;
    Hop hop = mac == null ? null : new Hop(mac, link.mac(), link.device(), link.vlan());
    return new Way.Away(hop, mtu, link.device(), isNeighbour, route.source());
  }

  private @Nullable Route route(InetAddress address) {
    if (!routes.containsKey(address)) {
      routes.put(address, tables.route(address));
    }
    return routes.get(address);
  }

  private @Nullable MacAddress mac(Link link, InetAddress next) {
    NeighbourKey key = new NeighbourKey(link.index(), next);
    Neighbour neighbour = neighbours.get(key);
    MacAddress mac = neighbour == null ? null : neighbour.usableMac();
    if (mac == null && sought.add(key)) {
      tables.seek(link.index(), next);
    }
    return mac;
  }

  /**
   * Has the kernel look again for neighbours of these addresses that are not known for sure. To be
   * called every few seconds.
   */
  public void keepKnown(Collection<InetAddress> addresses) {
    sought.clear();
    for (InetAddress address : addresses) {
      Route route = route(address);
      if (route == null || route.isLocal()) {
        continue;
      }
      InetAddress next = route.next(address);
      NeighbourKey key = new NeighbourKey(route.link(), next);
      Neighbour neighbour = neighbours.get(key);
      if ((neighbour == null || neighbour.needsRefresh()) && sought.add(key)) {
        tables.seek(key.link(), next);
      }
    }
    sought.clear();
  }

  /** The interfaces that default routes leave by; of a VLAN the parent. */
  public Set<Integer> defaultDevices() {
    Set<Integer> devices = new TreeSet<>();
    for (Route route : tables.routes()) {
      Link link = links.get(route.link());
      if (route.prefix() == 0 && !route.isLocal() && link != null && !link.isLoopback()) {
        devices.add(link.device());
      }
    }
    return devices;
  }

  /** The interface of this number; null when it is gone. */
  public @Nullable Link link(int index) {
    return links.get(index);
  }

  /** The name of an interface, or else its number. */
  public String name(int index) {
    Link link = links.get(index);
    return link == null ? "interface " + index : link.name();
  }

  /** The interface of this name; null when there is none. */
  public @Nullable Link link(String name) {
    return links.values().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  @Override
  public void close() {
    tables.close();
  }
}
