package io.expressgateway.xdp;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterObserver;
import io.expressgateway.snapshot.VipSpec;
import io.expressgateway.snapshot.XdpSpec;
import io.expressgateway.xdp.kernel.Bytes;
import io.expressgateway.xdp.layout.EndpointRecord;
import io.expressgateway.xdp.layout.Limits;
import io.expressgateway.xdp.layout.ServiceKey;
import io.expressgateway.xdp.layout.SettingsRecord;
import io.expressgateway.xdp.layout.VipCount;
import io.expressgateway.xdp.layout.VipRecord;
import io.expressgateway.xdp.neighbour.Link;
import io.expressgateway.xdp.neighbour.NextHops;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The loaded packet path with everything that keeps it right: what exists between a successful load
 * and the end. Confined to the xdp thread.
 */
final class ActivePath {

  /** How long a reply without a flow is turned back after a flow was not entered. */
  private static final int STATELESS_SECONDS = 300;

  private final PacketPath path;
  private final KernelClock clock;
  private final NextHops nextHops;
  private final KernelTables tables;
  private final FlowCollector collector;
  private final Attachments attachments;
  private final Interfaces interfaces;
  private final Networks deny;
  private final Networks allow;
  private final XdpListener listener;
  private final ClusterObserver observer;
  private final Map<ServiceKey, Vip> vips = new LinkedHashMap<>();
  private final Map<String, String> passReasons = new HashMap<>();
  private final Set<Cluster> observed = new HashSet<>();
  private final BitSet ids = new BitSet(Limits.MAX_VIPS);
  private XdpSpec spec = XdpSpec.OFF;
  private @Nullable SettingsRecord settings;
  private boolean draining;
  private boolean isProbed;
  private long enteredBefore;

  private ActivePath(PacketPath path, @Nullable Pins pins, XdpContext context) {
    this.path = path;
    this.listener = context.listener();
    this.observer = context.observer();
    this.clock = new KernelClock(path.program("clock"));
    this.nextHops = new NextHops();
    this.tables =
        new KernelTables(
            new EndpointSlots(path.map("endpoints"), path.map("endpoint_counts")),
            new ReplyIndex(path.map("replies"), new ReplyPorts(path.map("reply_ports"))),
            path.map("vips"),
            path.map("tables"),
            path.tableFlags(),
            nextHops,
            new RelayFlows(context.sessions(), path.map("flows_v4"), path.map("flows_v6"), clock),
            this::isCovered,
            this::outerSource);
    this.collector = new FlowCollector(path.map("flows_v4"), path.map("flows_v6"), clock);
    this.attachments = new Attachments(path, pins, listener);
    this.interfaces = new Interfaces(nextHops);
    this.deny = new Networks(path.map("deny_v4"), path.map("deny_v6"));
    this.allow = new Networks(path.map("allow_v4"), path.map("allow_v6"));
  }

  /**
   * Loads, or takes over what an earlier process has pinned. Nothing is attached yet.
   *
   * @throws IOException when the object or the pin directory cannot be used
   * @throws io.expressgateway.xdp.kernel.KernelException when the kernel refuses
   */
  static ActivePath open(XdpSpec spec, XdpContext context) throws IOException {
    Pins pins = null;
    String directory = spec.pinDirectory();
    if (directory != null) {
      pins = Pins.in(java.nio.file.Path.of(directory), PacketPath.layoutOf(spec));
      pins.removeOthers();
    }
    PacketPath path = PacketPath.load(spec, pins);
    try {
      ActivePath active = new ActivePath(path, pins, context);
      active.inherit();
      return active;
    } catch (RuntimeException failure) {
      path.close();
      throw failure;
    }
  }

  private @Nullable InetAddress outerSource(boolean ipv4) {
    return ipv4 ? spec.outerV4() : spec.outerV6();
  }

  private void inherit() {
    if (!path.isInherited()) {
      return;
    }
    Map<Integer, Vip> byId = new HashMap<>();
    for (byte[] key : path.map("vips").keys()) {
      byte[] value = path.map("vips").get(key);
      if (value != null) {
        VipRecord record = VipRecord.decode(value);
        ids.set(record.id());
        Vip vip = add(new Vip(tables, record.id(), ServiceKey.decode(key)));
        vip.inherit(record);
        byId.put(record.id(), vip);
      }
    }
    List<Slot> orphans = new ArrayList<>();
    tables
        .slots()
        .inherit((Slot slot, EndpointRecord record) -> {
          Vip vip = byId.get(record.vipId());
          if (vip == null || !vip.key().equals(record.vip())) {
            orphans.add(slot);
          } else {
            vip.inherit(slot);
          }
        });
    orphans.forEach(tables.slots()::free);
    tables.replies().removeUnknown();
  }

  private Vip add(Vip vip) {
    vips.put(vip.key(), vip);
    return vip;
  }

  /**
   * Serves this from now on.
   *
   * @param clusters by name; null for one that there is not
   * @return what a probe found wrong with the program; empty when nothing
   */
  Optional<String> apply(
      XdpSpec wanted, Function<String, @Nullable Cluster> clusters, long nowNanos) {
    boolean listsChanged =
        !wanted.deny().equals(spec.deny()) || !wanted.allow().equals(spec.allow());
    boolean isFirst = !isAttached();
    spec = wanted;
    writeSettings(collector.isGateClosed());
    allow.set(wanted.allow());
    deny.set(wanted.deny());
    if (listsChanged) {
      collector.collect(FlowCollector.Purge.denied(wanted.deny(), wanted.allow()));
    }
    serve(wanted.vips(), clusters);
    isProbed = isFirst;
    reconcile(nowNanos);
    Optional<String> wrong = probe();
    isProbed = false;
    if (wrong.isEmpty()) {
      if (isFirst && !path.isInherited()) {
        // Held back until programs are where answers come in; nobody need hear of it.
        vips.values().forEach(vip -> vip.reconcile(nowNanos));
      }
      attach();
      if (isFirst) {
        attachments.dropForeignPins();
      }
      reconcile(nowNanos);
    }
    return wrong;
  }

  /**
   * For the probe, which is made before anything is attached, every interface counts as covered.
   */
  private boolean isCovered(int device) {
    return isProbed || attachments.attached().containsKey(device);
  }

  private void writeSettings(boolean gateClosed) {
    SettingsRecord record =
        new SettingsRecord(
            clock.hertz(),
            gateClosed,
            spec.eventSample() > 0,
            OnlineCpus.share(spec.newFlowsPerSecond()),
            spec.newFlowsPerSource(),
            spec.eventSample(),
            STATELESS_SECONDS);
    if (!record.equals(settings)) {
      path.map("settings").put(Bytes.ofInt(0), record.encode());
      settings = record;
    }
  }

  private void serve(List<VipSpec> specs, Function<String, @Nullable Cluster> clusters) {
    Set<ServiceKey> served = new HashSet<>();
    Set<Cluster> used = new HashSet<>();
    for (VipSpec each : specs) {
      Cluster cluster = clusters.apply(each.cluster());
      ServiceKey key = new ServiceKey(each.address(), each.port(), each.transport().number());
      Vip vip = cluster == null ? null : vip(key);
      if (vip == null || cluster == null) {
        listener.onVipPassed(each.name(), cluster == null ? "no cluster" : "too many VIPs");
        continue;
      }
      vip.serve(each, cluster);
      served.add(key);
      if (used.add(cluster) && observed.add(cluster)) {
        cluster.observe(observer);
      }
    }
    vips.forEach((key, vip) -> {
      if (!served.contains(key)) {
        vip.retire();
      }
    });
    observed.removeIf(cluster -> {
      if (!used.contains(cluster)) {
        cluster.forget(observer);
      }
      return !used.contains(cluster);
    });
  }

  private @Nullable Vip vip(ServiceKey key) {
    Vip known = vips.get(key);
    if (known != null) {
      return known;
    }
    int id = ids.nextClearBit(0);
    if (id >= Limits.MAX_VIPS) {
      return null;
    }
    ids.set(id);
    path.map("vip_counts").put(Bytes.ofInt(id), new byte[path.map("vip_counts").valueSize()]);
    return add(new Vip(tables, id, key));
  }

  /** Makes the kernel's records equal to every cluster as it is now. */
  void reconcile(long nowNanos) {
    vips.values().forEach(vip -> reconcile(vip, nowNanos));
  }

  /** The same for the VIPs of these clusters. */
  void reconcile(Set<Cluster> changed, long nowNanos) {
    for (Vip vip : vips.values()) {
      Cluster cluster = vip.cluster();
      if (cluster != null && changed.contains(cluster)) {
        reconcile(vip, nowNanos);
      }
    }
  }

  private void reconcile(Vip vip, long nowNanos) {
    vip.reconcile(nowNanos);
    String reason = vip.passReason();
    String before = passReasons.put(vip.name(), reason);
    if (!reason.isEmpty() && !reason.equals(before)) {
      listener.onVipPassed(vip.name(), reason);
    }
  }

  private Optional<String> probe() {
    return vips.values().stream()
        .filter(vip -> !vip.isRetired())
        .flatMap(vip -> SelfProbe.check(path, vip).stream())
        .findFirst();
  }

  /** Attaches where nothing is attached yet; what the relays have by then stays theirs. */
  private void attach() {
    Set<InetAddress> endpoints = new HashSet<>();
    vips.values().forEach(vip -> endpoints.addAll(vip.addresses()));
    List<Link> wanted = interfaces.wanted(spec, endpoints);
    Set<Integer> named = new HashSet<>(attachments.attached().keySet());
    if (!spec.interfaces().isEmpty()) {
      named.clear();
      wanted.forEach(link -> named.add(link.index()));
    }
    attachments.keepOnly(named, spec.mode());
    attachments.failed().keySet().retainAll(wanted.stream().map(Link::name).toList());
    List<Link> due =
        wanted.stream().filter(link -> !attachments.attached().containsKey(link.index())).toList();
    if (!due.isEmpty()) {
      long now = System.nanoTime();
      vips.values().forEach(vip -> vip.watchRelay(now));
      vips.values().forEach(Vip::publishSessions);
      due.forEach(link -> attachments.attach(link, spec.mode()));
      // Those that have begun in between.
      vips.values().forEach(Vip::publishSessions);
    }
  }

  /** The kernel's routing tables have changed. */
  void routesChanged(boolean alsoRoutes, long nowNanos) {
    nextHops.refresh(alsoRoutes);
    if (alsoRoutes) {
      attachments.retain(index -> nextHops.link(index) != null);
      attach();
    }
    reconcile(nowNanos);
  }

  /** Collects flows that are over and what they held; opens or closes the gate. */
  void collect(long nowNanos) {
    boolean wasClosed = collector.isGateClosed();
    FlowTally tally = collector.collect();
    enteredBefore = entered();
    if (wasClosed != collector.isGateClosed()) {
      writeSettings(!wasClosed);
      listener.onGate(!wasClosed);
    }
    for (Vip vip : List.copyOf(vips.values())) {
      vip.tidy(tally, nowNanos);
      if (vip.isRetired() && vip.isEmpty()) {
        vip.remove();
        vips.remove(vip.key());
        ids.clear(vip.id());
      }
    }
  }

  /** From now on new flows go to the relays. */
  void drain() {
    draining = true;
    vips.values().forEach(Vip::retire);
  }

  /** Whether no flow is the kernel's. */
  boolean isIdle() {
    FlowTally tally = collector.tally();
    return tally.v4() + tally.v6() - tally.passed() == tally.closed();
  }

  /** Whether somebody waits for flows to be collected. */
  boolean isUrgent() {
    return draining || collector.isUrgent(entered() - enteredBefore);
  }

  /** Flows that all VIPs have entered since they are there. */
  private long entered() {
    long sum = 0;
    for (Vip vip : vips.values()) {
      byte[] counted = path.map("vip_counts").get(Bytes.ofInt(vip.id()));
      sum += counted == null ? 0 : VipCount.sum(counted).flows();
    }
    return sum;
  }

  /** Looks what the relays have; their UDP sessions stay theirs though only endpoints speak. */
  void watchRelays(boolean alsoSessions, long nowNanos) {
    for (Vip vip : vips.values()) {
      vip.watchRelay(nowNanos);
      if (alsoSessions) {
        vip.publishSessions();
      }
    }
  }

  /** Has the kernel keep the endpoints' neighbours known. */
  void keepNeighbours() {
    Set<InetAddress> addresses = new HashSet<>();
    vips.values().forEach(vip -> addresses.addAll(vip.addresses()));
    nextHops.keepKnown(addresses);
  }

  /** Whether any interface has the program. */
  boolean isAttached() {
    return !attachments.attached().isEmpty();
  }

  /** Why interfaces have no program. */
  String failures() {
    return attachments.failed().isEmpty()
        ? "no interface leads to clients or endpoints"
        : attachments.failed().toString();
  }

  /** What would become of this packet. */
  PacketAnswer explain(PacketQuestion question) {
    return PacketAnswer.of(path.program("explain").run(question.packet()));
  }

  /** What it does now. */
  XdpStatus status() {
    return new StatusReport(path, attachments, collector, tables).of(vips.values());
  }

  PacketPath path() {
    return path;
  }

  /**
   * Ends.
   *
   * @param keepPinned whether what is pinned forwards on
   */
  void close(boolean keepPinned) {
    observed.forEach(cluster -> cluster.forget(observer));
    attachments.close(keepPinned);
    vips.values().forEach(Vip::close);
    nextHops.close();
    path.close();
  }
}
