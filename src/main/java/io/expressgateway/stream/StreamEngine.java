package io.expressgateway.stream;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterTable;
import io.expressgateway.loop.EventLoops;
import io.expressgateway.net.Ticker;
import io.expressgateway.plane.DataPlane.BindFailure;
import io.expressgateway.plane.DataPlane.BoundListener;
import io.expressgateway.plane.DataPlane.Ledger;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.RelaySpec;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.stream.udp.LiveSession;
import io.expressgateway.stream.udp.UdpListener;
import io.expressgateway.stream.udp.UdpSettings;
import io.expressgateway.tls.ClientTls;
import io.expressgateway.tls.ServerTls;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The relays on the event loops: turns snapshots into what tcp, udp, tls and tls-passthrough
 * listeners serve by. Loops and clusters belong to somebody else, who updates the clusters before a
 * snapshot is published here. Lifecycle methods are called by one thread at a time.
 */
public final class StreamEngine implements AutoCloseable {

  /** Ticks between two looks at session tickets: a second. */
  private static final int TICKET_TICKS = (int) (1000 / EventLoops.TICK_MILLIS);

  private final EventLoops loops;
  private final ClusterTable clusters;
  private final StreamMetrics metrics;
  private final Function<ListenerSpec, FlowLog> logs;
  private final List<StreamLoop> streamLoops = new ArrayList<>();
  private final List<RelayListener> listeners = new ArrayList<>();
  private final List<UdpListener> udpListeners = new ArrayList<>();

  private volatile Map<String, RelayContext> contexts = Map.of();
  private Map<String, Target> targets = Map.of();
  private boolean closed;

  /**
   * An engine that is bound to nothing yet.
   *
   * @param logs the log of each listener; asked again at every snapshot
   */
  public StreamEngine(
      EventLoops loops,
      ClusterTable clusters,
      StreamMetrics metrics,
      Function<ListenerSpec, FlowLog> logs) {
    this.loops = loops;
    this.clusters = clusters;
    this.metrics = metrics;
    this.logs = logs;
    for (int i = 0; i < loops.size(); i++) {
      streamLoops.add(new StreamLoop(i, loops, metrics));
    }
  }

  /**
   * Binds every relay's listener of the snapshot and begins to serve.
   *
   * @throws BindFailure when one cannot be bound; none of them stays bound
   */
  public void start(Snapshot snapshot) {
    publish(snapshot);
    for (StreamLoop loop : streamLoops) {
      int index = loop.index();
      loops.everyTick(
          index, turn -> tick(loop, turn), failure -> metrics.onContainedException(index, failure));
    }
    try {
      for (ListenerSpec spec : snapshot.listeners()) {
        if (isServed(spec)) {
          RelayListener listener = new RelayListener(spec, streamLoops, () -> context(spec.name()));
          listener.bind(loops);
          listeners.add(listener);
        } else if (spec.protocol() == ListenerSpec.Protocol.UDP) {
          udpListeners.add(bindUdp(spec, snapshot));
        }
      }
    } catch (BindFailure e) {
      unbind();
      listeners.clear();
      udpListeners.forEach(UdpListener::close);
      udpListeners.clear();
      throw e;
    }
  }

  private UdpListener bindUdp(ListenerSpec spec, Snapshot snapshot) {
    UdpListener.Shared shared =
        new UdpListener.Shared(
            loop -> streamLoops.get(loop).timers(),
            loop -> streamLoops.get(loop).ledger(),
            Ticker.SYSTEM,
            metrics);
    return UdpListener.bind(spec.name(), spec.bind(), loops, shared, udpSettings(spec, snapshot));
  }

  private UdpSettings udpSettings(ListenerSpec spec, Snapshot snapshot) {
    RelaySpec relay = spec.relay();
    if (relay == null) {
      throw new IllegalStateException(spec.name() + " does not say where datagrams go");
    }
    return new UdpSettings(
        cluster(relay.cluster()), relay.udp(), snapshot.security(), logs.apply(spec));
  }

  private static boolean isServed(ListenerSpec spec) {
    return switch (spec.protocol()) {
      case TCP, TLS, TLS_PASSTHROUGH -> true;
      case HTTP, HTTPS, UDP -> false;
    };
  }

  private RelayContext context(String listener) {
    RelayContext context = contexts.get(listener);
    if (context == null) {
      throw new IllegalStateException("listener " + listener + " is not in the snapshot");
    }
    return context;
  }

  private void tick(StreamLoop loop, int turn) {
    loop.tick(turn);
    if (loop.index() == 0 && turn % TICKET_TICKS == 0) {
      for (RelayContext context : contexts.values()) {
        ServerTls tls = context.tls();
        if (tls != null) {
          tls.tick(System.nanoTime());
        }
      }
    }
  }

  /** Serves new connections by this snapshot; running flows keep the one they began with. */
  public void publish(Snapshot snapshot) {
    Map<String, Target> before = targets;
    Map<String, Target> used = new LinkedHashMap<>();
    Map<String, RelayContext> made = new LinkedHashMap<>();
    for (ListenerSpec spec : snapshot.listeners()) {
      RelaySpec relay = spec.relay();
      if (relay != null && isServed(spec)) {
        made.put(
            spec.name(),
            new RelayContext(
                spec,
                relay,
                name -> used.computeIfAbsent(name, key -> target(key, before.get(key))),
                logs.apply(spec),
                serverTls(spec),
                snapshot.security()));
      }
    }
    targets = used;
    contexts = made;
    for (RelayListener listener : listeners) {
      listener.limits(context(listener.name()).spec());
    }
    for (UdpListener listener : udpListeners) {
      for (ListenerSpec spec : snapshot.listeners()) {
        if (spec.name().equals(listener.name())) {
          listener.publish(udpSettings(spec, snapshot));
        }
      }
    }
  }

  private Cluster cluster(String name) {
    Cluster cluster = clusters.configured(name);
    if (cluster == null) {
      throw new IllegalStateException("cluster " + name + " is not in the snapshot");
    }
    return cluster;
  }

  private Target target(String name, @Nullable Target before) {
    Cluster cluster = cluster(name);
    ClientTls known = before == null ? null : before.tls();
    return Target.of(cluster, ClientTls.renewed(cluster.spec(), known));
  }

  /** Contexts stay while the certificates stay; ticket keys as long as nothing else changes. */
  private @Nullable ServerTls serverTls(ListenerSpec spec) {
    RelayContext before = contexts.get(spec.name());
    return ServerTls.renewed(spec.tls(), before == null ? null : before.tls());
  }

  /** The bound listeners with their real ports. Any thread. */
  public List<BoundListener> listeners() {
    List<BoundListener> bound = new ArrayList<>();
    listeners.forEach(listener -> bound.add(listener.bound()));
    udpListeners.forEach(listener -> bound.add(listener.bound()));
    return bound;
  }

  /** Open connections of a listener; 0 when there is no such listener. Any thread. */
  public int connections(String listener) {
    for (RelayListener each : listeners) {
      if (each.name().equals(listener)) {
        return each.connections();
      }
    }
    return 0;
  }

  /**
   * The UDP sessions of a listener that live; empty when there is no such listener. Not on an event
   * loop; waits at most a second.
   */
  public List<LiveSession> sessions(String listener) {
    for (UdpListener each : udpListeners) {
      if (each.name().equals(listener)) {
        return each.sessions();
      }
    }
    return List.of();
  }

  /** Flows since start. Any thread. */
  public Ledger ledger() {
    Ledger sum = new Ledger(0, 0, 0, 0);
    for (StreamLoop loop : streamLoops) {
      sum = sum.plus(loop.ledger().ledger());
    }
    return sum;
  }

  /** Stops accepting; running flows go on, for which UDP's sockets stay. */
  public void unbind() {
    listeners.forEach(RelayListener::unbind);
    udpListeners.forEach(UdpListener::drain);
  }

  /** Whether no flow runs. Any thread. */
  public boolean isIdle() {
    return streamLoops.stream().allMatch(loop -> loop.running() == 0)
        && listeners.stream().allMatch(listener -> listener.connections() == 0)
        && udpListeners.stream().allMatch(listener -> listener.sessionCount() == 0);
  }

  /** Ends every flow and closes the listeners; the loops must still run. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      unbind();
      udpListeners.forEach(UdpListener::close);
      loops.onEach(index -> streamLoops.get(index).shutDown());
    }
  }
}
