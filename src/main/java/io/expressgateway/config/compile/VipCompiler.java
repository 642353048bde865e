package io.expressgateway.config.compile;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.config.Problems;
import io.expressgateway.config.properties.ListenerProperties;
import io.expressgateway.net.HostPort;
import io.expressgateway.net.IpLiteral;
import io.expressgateway.snapshot.VipSpec;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Listeners whose packets the kernel forwards, and whether it can. Confined to the thread that
 * compiles.
 */
final class VipCompiler {

  /** As bpf/layout.h has it: MAX_VIPS. */
  private static final int MAX_VIPS = 512;

  /** As bpf/layout.h has it: MAX_SHARED. */
  private static final int MAX_SHARED = 4;

  /**
   * Balancers whose shares a Maglev table has too; the others look at what the kernel cannot see.
   */
  private static final Set<String> BY_SHARE =
      Set.of(
          "round-robin",
          "weighted-round-robin",
          "random",
          "weighted-random",
          "maglev",
          "ring-hash");

  /** These send a client's flows to one endpoint. */
  private static final Set<String> BY_CLIENT = Set.of("maglev", "ring-hash");

  private final Problems problems;
  private final Map<String, ClusterSpec> clusters = new HashMap<>();
  private final Map<String, Integer> sharers = new HashMap<>();

  VipCompiler(Problems problems, List<ClusterSpec> clusters) {
    this.problems = problems;
    clusters.forEach(cluster -> this.clusters.put(cluster.name(), cluster));
  }

  /** The VIPs, in order; a listener that has a problem is left out. */
  List<VipSpec> compile(List<ListenerProperties> listeners) {
    List<VipSpec> vips = new ArrayList<>();
    for (int i = 0; i < listeners.size(); i++) {
      ListenerProperties listener = listeners.get(i);
      if (!listener.xdp().equals("off")) {
        VipSpec vip = vip("expressgateway.listeners[" + i + "]", listener);
        if (vip != null) {
          vips.add(vip);
        }
      }
    }
    if (vips.size() > MAX_VIPS) {
      problems.refuse(
          "expressgateway.listeners",
          String.valueOf(vips.size()),
          "the kernel holds " + MAX_VIPS + " listeners with xdp",
          "write xdp: off for the others");
    }
    return vips;
  }

  private @Nullable VipSpec vip(String key, ListenerProperties listener) {
    VipSpec.Transport transport = transport(key, listener);
    HostPort bind = bind(key, listener);
    ClusterSpec cluster = listener.cluster() == null ? null : clusters.get(listener.cluster());
    if (!listener.proxyProtocol().equals("off")) {
      problems.refuse(
          key + ".proxy-protocol",
          listener.proxyProtocol(),
          "packets that the kernel forwards are not read: endpoints would get the header",
          "write proxy-protocol: off, or xdp: off");
    }
    if (!listener.accessLog().format().equals("off")) {
      problems.warn(
          key + ".access-log.format",
          listener.accessLog().format(),
          "flows that the kernel forwards are counted and not logged; the relay's are",
          "see expressgateway.xdp.event-sample");
    }
    if (transport == null || bind == null || cluster == null) {
      // A missing cluster is refused with all other relays'.
      return null;
    }
    InetAddress address = IpLiteral.address(literal(bind));
    VipSpec vip =
        new VipSpec(
            listener.name(),
            address,
            bind.port(),
            transport,
            way(listener.xdp()),
            hash(cluster),
            cluster.name());
    checkCluster(key, vip, cluster);
    return vip;
  }

  private static VipSpec.Hash hash(ClusterSpec cluster) {
    if (cluster.hashOn().equals("connection-id")) {
      return VipSpec.Hash.CONNECTION_ID;
    }
    return BY_CLIENT.contains(cluster.balancer()) ? VipSpec.Hash.SOURCE : VipSpec.Hash.TUPLE;
  }

  private VipSpec.@Nullable Transport transport(String key, ListenerProperties listener) {
    return switch (listener.protocol()) {
      case "tcp" -> VipSpec.Transport.TCP;
      case "udp" -> VipSpec.Transport.UDP;
      default -> {
        problems.refuse(
            key + ".xdp",
            listener.xdp(),
            "the gateway itself has to read what a listener of protocol "
                + listener.protocol()
                + " receives",
            "write xdp: off, or protocol: tcp or udp");
        yield null;
      }
    };
  }

  private static VipSpec.Way way(String text) {
    for (VipSpec.Way way : VipSpec.Way.values()) {
      if (way.text().equals(text)) {
        return way;
      }
    }
    // Refused where it was bound.
    return VipSpec.Way.NAT;
  }

  private @Nullable HostPort bind(String key, ListenerProperties listener) {
    HostPort bind;
    try {
      bind = HostPort.parse(listener.bind());
    } catch (IllegalArgumentException refusedAlready) {
      return null;
    }
    byte @Nullable [] literal = IpLiteral.parse(bind.host());
    String reason =
        literal == null
            ? "is no IP address, and the kernel looks for addresses"
            : IpLiteral.address(literal).isAnyLocalAddress()
                ? "stands for every address, and the kernel looks for one"
                : IpLiteral.address(literal).isLoopbackAddress()
                    ? "is an address that no packet from elsewhere has"
                    : bind.port() == 0 ? "has no port that is known before it is bound" : null;
    if (reason == null) {
      return bind;
    }
    problems.refuse(
        key + ".bind", listener.bind(), reason, "write the address and port that clients use");
    return null;
  }

  private static byte[] literal(HostPort bind) {
    byte @Nullable [] literal = IpLiteral.parse(bind.host());
    if (literal == null) {
      throw new IllegalStateException(bind + " was checked to be a literal");
    }
    return literal;
  }

  private void checkCluster(String key, VipSpec vip, ClusterSpec cluster) {
    if (!BY_SHARE.contains(cluster.balancer())) {
      problems.refuse(
          key + ".xdp",
          vip.way().text(),
          "cluster "
              + cluster.name()
              + " balances by "
              + cluster.balancer()
              + ", which looks at what the kernel does not see",
          "write balancer: maglev for the cluster, or another that goes by weights alone");
    }
    if (cluster.tls() != null || cluster.proxyProtocol() != ClusterSpec.ProxyProtocol.OFF) {
      problems.refuse(
          key + ".xdp",
          vip.way().text(),
          "endpoints of cluster "
              + cluster.name()
              + " expect "
              + (cluster.tls() == null ? "a PROXY protocol header" : "TLS")
              + ", which the kernel does not speak",
          "write xdp: off, or a cluster of endpoints that take bytes as clients send them");
    }
    for (ClusterSpec.EndpointSpec endpoint : cluster.endpoints()) {
      checkEndpoint(key, vip, endpoint.address());
    }
  }

  private void checkEndpoint(String key, VipSpec vip, HostPort endpoint) {
    String reason = reason(vip, endpoint);
    if (reason != null) {
      problems.refuse(
          key + ".xdp",
          vip.way().text(),
          "endpoint " + endpoint + " of cluster " + vip.cluster() + " " + reason,
          "write xdp: off, or a cluster whose endpoints all can be reached this way");
    }
  }

  private @Nullable String reason(VipSpec vip, HostPort endpoint) {
    if (vip.way().isDirect() && endpoint.port() != vip.port()) {
      return "has another port, and direct server return changes none";
    }
    byte @Nullable [] literal = IpLiteral.parse(endpoint.host());
    if (literal == null) {
      return vip.way() == VipSpec.Way.DSR_L2
          ? "has no address but a name, which may lead behind a router"
          : null;
    }
    InetAddress address = IpLiteral.address(literal);
    if (literal.length != vip.address().getAddress().length) {
      return "is of the other IP version";
    }
    if (address.isLoopbackAddress() || address.equals(vip.address())) {
      return "is on this machine, where no packet passes an interface";
    }
    if (vip.way() == VipSpec.Way.NAT
        && sharers.merge(vip.transport() + " " + endpoint, 1, Integer::sum) > MAX_SHARED) {
      return "is shared by more than " + MAX_SHARED + " listeners, so that replies are nobody's";
    }
    return null;
  }
}
