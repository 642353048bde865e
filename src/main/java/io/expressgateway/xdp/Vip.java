package io.expressgateway.xdp;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.cluster.Share;
import io.expressgateway.net.IpLiteral;
import io.expressgateway.snapshot.VipSpec;
import io.expressgateway.xdp.layout.EndpointCount;
import io.expressgateway.xdp.layout.EndpointRecord;
import io.expressgateway.xdp.layout.HashOn;
import io.expressgateway.xdp.layout.ServiceKey;
import io.expressgateway.xdp.layout.VipMode;
import io.expressgateway.xdp.layout.VipRecord;
import io.expressgateway.xdp.layout.Wire;
import io.expressgateway.xdp.neighbour.Way;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One VIP in the kernel, kept equal to its cluster: endpoints, replies, table, and last its own
 * record, in the order in which no packet meets a half-written one. Confined to the xdp thread.
 *
 * <p>Endpoints of a mode that the VIP is no longer served in stay alive outside the table until
 * their flows have ended: a flow keeps its side for life.
 */
final class Vip {

  /** What one endpoint of the cluster is to be now. */
  private record Wanted(boolean alive, int weight) {}

  private record SlotKey(ServiceKey service, VipMode mode) {}

  /** Longer than a TCP connection that has ended is waited for (2 * MSL, FIN_WAIT_2). */
  private static final long RELAYED_NANOS = 120_000_000_000L;

  /** How long what an earlier process has left stands in for names that have no address yet. */
  private static final long INHERITED_NANOS = 30_000_000_000L;

  /** Packets after which somebody must have answered. */
  private static final long UNANSWERED = 100;

  private final KernelTables kernel;
  private final int id;
  private final ServiceKey key;
  private final MaglevMaps tables;
  private final Map<SlotKey, Slot> slots = new LinkedHashMap<>();
  private EndpointCount ended = EndpointCount.NONE;
  private @Nullable VipSpec spec;
  private @Nullable Cluster cluster;
  private @Nullable VipRecord written;
  private String passReason = "";

  /** When the relay was last known to have a connection; it may have some at the start. */
  private long relayedNanos = System.nanoTime();

  private boolean isRelayed = true;

  /** Until when an earlier process's endpoints stay though no address is known for a name. */
  private @Nullable Long inheritedUntil;

  Vip(KernelTables kernel, int id, ServiceKey key) {
    this.kernel = kernel;
    this.id = id;
    this.key = key;
    this.tables = new MaglevMaps(kernel.tables(), kernel.tableFlags(), id);
  }

  /** Takes over what an earlier process has written. */
  void inherit(VipRecord record) {
    written = record;
    inheritedUntil = System.nanoTime() + INHERITED_NANOS;
  }

  /** Takes a place over that an earlier process has filled. */
  void inherit(Slot slot) {
    slots.put(new SlotKey(slot.service(), slot.mode()), slot);
    if (slot.mode() == VipMode.NAT) {
      kernel.replies().add(slot);
    }
  }

  /** Is served like this from now on; {@link #reconcile} makes it so. */
  void serve(VipSpec spec, Cluster cluster) {
    this.spec = spec;
    this.cluster = cluster;
  }

  /** New packets go to the relay from now on; flows that there are go on. */
  void retire() {
    spec = null;
    cluster = null;
    write(VipMode.PASS, HashOn.TUPLE, false);
  }

  /** Whether it is only there for flows that have not ended. */
  boolean isRetired() {
    return spec == null;
  }

  /** Makes the kernel's records equal to the cluster as it is now. */
  void reconcile(long nowNanos) {
    VipSpec serving = spec;
    Cluster from = cluster;
    if (serving == null || from == null) {
      // Its cluster may be gone: endpoints stay as they were, by ways that are still right.
      slots.values().forEach(slot -> kernel.slots().write(slot, record(slot, wasAlive(slot))));
      return;
    }
    if (isHeld(from, nowNanos)) {
      return;
    }
    VipMode mode = mode(serving.way());
    Map<ServiceKey, Wanted> wanted = wanted(from);
    removeGone(wanted.keySet());
    passReason = "";
    List<MaglevMaps.Target> targets = new ArrayList<>();
    wanted.forEach((service, endpoint) -> {
      Slot slot = slot(service, mode);
      if (slot == null) {
        return;
      }
      kernel.slots().write(slot, record(slot, endpoint.alive));
      if (endpoint.weight > 0) {
        targets.add(new MaglevMaps.Target(label(service), endpoint.weight, slot.index()));
      }
    });
    for (Slot slot : slots.values()) {
      Wanted endpoint = wanted.get(slot.service());
      if (slot.mode() != mode && endpoint != null) {
        kernel.slots().write(slot, record(slot, endpoint.alive));
      }
    }
    tables.swap(targets, nowNanos);
    write(passReason.isEmpty() ? mode : VipMode.PASS, hash(serving.hash()), !targets.isEmpty());
  }

  private boolean wasAlive(Slot slot) {
    EndpointRecord record = kernel.slots().written(slot);
    return record == null || record.alive();
  }

  /**
   * Whether the kernel goes on by what an earlier process wrote: while a name of the cluster has no
   * address yet, and not for long.
   */
  private boolean isHeld(Cluster from, long nowNanos) {
    Long until = inheritedUntil;
    if (until == null) {
      return false;
    }
    boolean isResolved =
        from.endpoints().stream().noneMatch(endpoint -> endpoint.addresses().isEmpty());
    if (isResolved || nowNanos - until >= 0) {
      inheritedUntil = null;
    }
    return inheritedUntil != null;
  }

  private static String label(ServiceKey service) {
    return IpLiteral.format(service.address().getAddress()) + ":" + service.port();
  }

  private static VipMode mode(VipSpec.Way way) {
    return switch (way) {
      case NAT -> VipMode.NAT;
      case DSR_IPIP -> VipMode.DSR_IPIP;
      case DSR_L2 -> VipMode.DSR_L2;
    };
  }

  private static HashOn hash(VipSpec.Hash hash) {
    return switch (hash) {
      case TUPLE -> HashOn.TUPLE;
      case SOURCE -> HashOn.SOURCE;
      case CONNECTION_ID -> HashOn.CONNECTION_ID;
    };
  }

  /**
   * What each endpoint's address is to be. One that takes no new work keeps its flows, unless its
   * checks say that it is dead; in a panic the dead are used again, and so alive.
   */
  private Map<ServiceKey, Wanted> wanted(Cluster from) {
    Map<Endpoint, Integer> weights = new HashMap<>();
    for (Share share : from.shares()) {
      weights.put(share.endpoint(), share.weight());
    }
    Map<ServiceKey, Wanted> wanted = new LinkedHashMap<>();
    for (Endpoint endpoint : from.endpoints()) {
      InetSocketAddress address = address(endpoint);
      if (address == null) {
        continue;
      }
      int weight = weights.getOrDefault(endpoint, 0);
      boolean alive = weight > 0 || endpoint.health() != Endpoint.Health.UNHEALTHY;
      wanted.merge(
          new ServiceKey(address.getAddress(), address.getPort(), key.protocol()),
          new Wanted(alive, weight),
          (one, other) -> new Wanted(one.alive || other.alive, one.weight + other.weight));
    }
    return wanted;
  }

  /** The lowest of the addresses of the VIP's family, so that every gateway takes the same one. */
  private @Nullable InetSocketAddress address(Endpoint endpoint) {
    return endpoint.addresses().stream()
        .filter(each -> !each.isUnresolved())
        .filter(each -> Wire.isIpv4(each.getAddress()) == Wire.isIpv4(key.address()))
        .min(Comparator.comparing(each -> IpLiteral.format(each.getAddress().getAddress())))
        .orElse(null);
  }

  private void removeGone(Set<ServiceKey> wanted) {
    for (Slot slot : List.copyOf(slots.values())) {
      if (!wanted.contains(slot.service())) {
        free(slot);
      }
    }
  }

  private void free(Slot slot) {
    ended = ended.plus(kernel.slots().count(slot));
    kernel.slots().free(slot);
    kernel.replies().remove(slot);
    slots.remove(new SlotKey(slot.service(), slot.mode()));
  }

  private @Nullable Slot slot(ServiceKey service, VipMode mode) {
    SlotKey wanted = new SlotKey(service, mode);
    Slot slot = slots.get(wanted);
    if (slot == null) {
      slot = kernel.slots().take(service, mode);
      if (slot == null) {
        passReason = "no endpoint more can be held";
        return null;
      }
      slots.put(wanted, slot);
    }
    if (mode == VipMode.NAT) {
      if (!kernel.replies().hasRoom(slot)) {
        passReason = "too many VIPs share endpoint " + label(service);
        free(slot);
        return null;
      }
      kernel.replies().add(slot);
    }
    return slot;
  }

  private EndpointRecord record(Slot slot, boolean alive) {
    Way way = kernel.nextHops().to(slot.service().address());
    return switch (way) {
      case Way.Away away -> {
        if (slot.mode() == VipMode.DSR_L2 && !away.isNeighbour()) {
          passReason = "endpoint " + label(slot.service()) + " is behind a router";
        }
        if (slot.mode() == VipMode.NAT && !kernel.isCovered().test(away.device())) {
          passReason =
              "answers of endpoint "
                  + label(slot.service())
                  + " come in by "
                  + kernel.nextHops().name(away.device())
                  + ", where no program is attached";
        }
        yield record(slot, alive, away);
      }
      case Way.Here here -> {
        passReason = "endpoint " + label(slot.service()) + " is on this machine";
        yield record(slot, alive, null);
      }
      case Way.Nowhere nowhere -> record(slot, alive, null);
    };
  }

  private EndpointRecord record(Slot slot, boolean alive, Way.@Nullable Away away) {
    return new EndpointRecord(
        slot.generation(),
        alive,
        slot.mode(),
        slot.service(),
        key,
        id,
        away == null ? null : away.hop(),
        away == null ? 0 : away.mtu(),
        slot.mode() == VipMode.DSR_IPIP ? outerSource(away) : null);
  }

  private @Nullable InetAddress outerSource(Way.@Nullable Away away) {
    InetAddress configured = kernel.outerSource().of(Wire.isIpv4(key.address()));
    if (configured != null) {
      return configured;
    }
    InetAddress own = away == null ? null : away.source();
    return own == null ? key.address() : own;
  }

  private void write(VipMode mode, HashOn hash, boolean hasTable) {
    VipRecord record = new VipRecord(id, mode, hash, isRelayed, hasTable, tables.hasPrevious());
    if (!record.equals(written)) {
      if (mode != VipMode.PASS && mode() == VipMode.PASS) {
        publishSessions();
      }
      kernel.vips().put(key.encode(), record.encode());
      written = record;
    }
  }

  /** Enters the relay's sessions, so that they stay the relay's. */
  void publishSessions() {
    VipSpec serving = spec;
    if (serving != null) {
      kernel.relayFlows().publish(id, serving);
    }
  }

  /** Notes whether the relay may have TCP connections, and tells the kernel. */
  void watchRelay(long nowNanos) {
    VipSpec serving = spec;
    VipRecord now = written;
    if (serving == null || now == null) {
      return;
    }
    if (now.mode() == VipMode.PASS || kernel.relayFlows().hasConnections(serving)) {
      relayedNanos = nowNanos;
    }
    isRelayed = nowNanos - relayedNanos < RELAYED_NANOS;
    write(now.mode(), now.hashOn(), now.hasTable());
  }

  /** Lets go of what only time ends: the table before, and places whose flows have ended. */
  void tidy(FlowTally tally, long nowNanos) {
    VipRecord now = written;
    if (tables.retirePrevious(nowNanos) && now != null) {
      write(now.mode(), now.hashOn(), now.hasTable());
    }
    VipSpec serving = spec;
    if (inheritedUntil != null) {
      reconcile(nowNanos);
    }
    for (Slot slot : List.copyOf(slots.values())) {
      boolean isUsed = serving != null && slot.mode() == mode(serving.way());
      if (!isUsed && tally.flows(slot.index()) == 0) {
        free(slot);
      }
    }
  }

  /** Whether nothing of it is left but its record. */
  boolean isEmpty() {
    return slots.isEmpty();
  }

  /** Takes it out of the kernel. */
  void remove() {
    List.copyOf(slots.values()).forEach(this::free);
    kernel.vips().remove(key.encode());
    tables.remove();
  }

  void close() {
    tables.close();
  }

  int id() {
    return id;
  }

  ServiceKey key() {
    return key;
  }

  /** The listener's name; address and protocol of one that is retired. No two have the same. */
  String name() {
    VipSpec serving = spec;
    return serving == null ? label(key) + "/" + transport() : serving.name();
  }

  /** {@code tcp} or {@code udp}. */
  String transport() {
    return key.protocol() == VipSpec.Transport.TCP.number() ? "tcp" : "udp";
  }

  @Nullable Cluster cluster() {
    return cluster;
  }

  /** The mode in which new flows are served. */
  VipMode mode() {
    VipRecord now = written;
    return now == null ? VipMode.PASS : now.mode();
  }

  /** Whether new flows have an endpoint. */
  boolean hasTable() {
    VipRecord now = written;
    return now != null && now.hasTable();
  }

  /** Why packets are passed although the listener asks for more; empty when they are not. */
  String passReason() {
    return passReason;
  }

  /** What is wrong with it, of these counts; empty when nothing is. */
  String trouble(EndpointCount count) {
    boolean isUnanswered =
        mode() == VipMode.NAT && count.packets() >= UNANSWERED && count.replyPackets() == 0;
    return passReason.isEmpty() && isUnanswered
        ? "no answer of an endpoint comes back through the gateway"
        : passReason;
  }

  Collection<Slot> slots() {
    return slots.values();
  }

  /** Addresses of its endpoints. */
  Set<InetAddress> addresses() {
    return slots.values().stream()
        .map(slot -> slot.service().address())
        .collect(Collectors.toSet());
  }

  /** What its endpoints were sent and sent since the start. */
  EndpointCount count() {
    EndpointCount sum = ended;
    for (Slot slot : slots.values()) {
      sum = sum.plus(kernel.slots().count(slot));
    }
    return sum;
  }
}
